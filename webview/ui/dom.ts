type Child = Node | string | undefined | false;

interface Options {
  readonly className?: string;
  readonly id?: string;
  /** Attributes; `undefined` and `false` leave the attribute out, `true` sets it empty. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly onClick?: (event: MouseEvent) => void;
}

/** An element with its children. Text always arrives as text nodes, so untrusted words stay words. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  decorate(made, options, children);
  return made;
}

/** The same for a custom element, whose class the caller names. */
export function custom<E extends HTMLElement>(tag: string, options: Options = {}, ...children: readonly Child[]): E {
  const made = document.createElement(tag) as E;
  decorate(made, options, children);
  return made;
}

function decorate(target: HTMLElement, options: Options, children: readonly Child[]): void {
  if (options.className) target.className = options.className;
  if (options.id) target.id = options.id;
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === undefined || value === false) continue;
    target.setAttribute(name, value === true ? '' : String(value));
  }
  if (options.onClick) target.addEventListener('click', options.onClick);
  target.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
}

/**
 * Replaces what stands in `container` and puts the focus back on the element with the same `data-key`, so that results
 * that stream in don't take the keyboard away from the reader.
 */
export function replaceChildren(container: HTMLElement, ...children: readonly Child[]): void {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && container.contains(focused) ? focused.dataset.key : undefined;
  container.replaceChildren(
    ...children.filter((child): child is Node | string => child !== undefined && child !== false),
  );
  if (key === undefined) return;
  const again = container.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
}

/** An id that no other element of the page has. */
export function uniqueId(prefix: string): string {
  count += 1;
  return `${prefix}-${count}`;
}
let count = 0;

/** Runs `draw` once per frame however often it is asked for. */
export function onFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
