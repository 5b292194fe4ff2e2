/**
 * Pointing at a candidate, in the table or a picture, shows it everywhere: all that is of it keeps its strength, what is
 * of others fades.
 * @param root what holds them; each part says by `data-candidate` which one it is of
 */
export function pointing(root: HTMLElement): void {
  let shown: string | undefined;
  const point = (id: string | undefined) => {
    if (id === shown) return;
    shown = id;
    root.classList.toggle('pointing', id !== undefined);
    for (const each of root.querySelectorAll('[data-candidate]'))
      each.classList.toggle('pointed', each.getAttribute('data-candidate') === id);
  };
  const candidateAt = (target: EventTarget | null) =>
    (target instanceof Element ? target.closest('[data-candidate]')?.getAttribute('data-candidate') : undefined) ??
    undefined;
  root.addEventListener('pointerover', ({ target }) => point(candidateAt(target)));
  root.addEventListener('pointerleave', () => point(undefined));
  // A click leaves the focus behind: only one that the keyboard moves points.
  root.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && target.matches(':focus-visible')) point(candidateAt(target));
  });
  root.addEventListener('focusout', () => point(undefined));
}
