import { lines } from '../../src/language/legible';

type Child = Node | string | undefined | false;

interface Options {
  readonly className?: string;
  readonly id?: string;
  /** Attributes; `undefined` and `false` leave the attribute out, `true` sets it empty. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly onClick?: (event: MouseEvent) => void;
}

/**
 * An element with its children. Text always arrives as text nodes, so untrusted words stay words; what acts in a text
 * (controls, what turns its order round) is spelled out. Nothing but this file hands text to the page.
 */
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
export function customElement<E extends HTMLElement>(
  tag: string,
  options: Options = {},
  ...children: readonly Child[]
): E {
  const made = document.createElement(tag) as E;
  decorate(made, options, children);
  return made;
}

function decorate(target: HTMLElement, options: Options, children: readonly Child[]): void {
  if (options.className) target.className = options.className;
  if (options.id) target.id = options.id;
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === undefined || value === false) continue;
    target.setAttribute(name, value === true ? '' : lines(String(value)));
  }
  if (options.onClick) target.addEventListener('click', options.onClick);
  target.append(...visibleChildren(children));
}

function visibleChildren(children: readonly Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== undefined && child !== false)
    .map((child) => (typeof child === 'string' ? lines(child) : child));
}

/** A shape of a drawing, which has no words. */
export function shape<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly SVGElement[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Adds to what stands in a node. */
export function append(node: Element, ...children: readonly Child[]): void {
  node.append(...visibleChildren(children));
}

/** Sets the words of an element, which has nothing else in it. */
export function setText(node: Element, text: string): void {
  const clean = lines(text);
  // A live region is not said again where nothing has changed.
  if (node.textContent !== clean) node.textContent = clean;
}

/**
 * Replaces what stands in `container` and puts the focus back on the element with the same `data-key`, so that results
 * that stream in don't take the keyboard away from the reader.
 */
export function replaceChildren(container: HTMLElement, ...children: readonly Child[]): void {
  keepFocus(container, () => container.replaceChildren(...visibleChildren(children)));
}

/** The same for elements of which most stand there already, in their order: these are not touched. */
export function arrange(container: HTMLElement, nodes: readonly HTMLElement[]): void {
  if (nodes.length === container.children.length && nodes.every((node, i) => node === container.children[i])) return;
  keepFocus(container, () => {
    const wanted = new Set<Element>(nodes);
    for (const [i, node] of nodes.entries()) {
      const there = container.children[i];
      if (there === node) continue;
      if (there && !wanted.has(there)) there.replaceWith(node);
      else container.insertBefore(node, there ?? null);
    }
    while (container.children.length > nodes.length) container.lastElementChild?.remove();
  });
}

function keepFocus(container: HTMLElement, replace: () => void): void {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && container.contains(focused) ? focused.dataset.key : undefined;
  replace();
  if (key === undefined || focused === document.activeElement) return;
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
