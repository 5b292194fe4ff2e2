import { append, setText } from '../ui/dom';

const svgNamespace = 'http://www.w3.org/2000/svg';
const xlink = 'http://www.w3.org/1999/xlink';
const elements = new Set(['svg', 'g', 'defs', 'path', 'use', 'rect', 'line', 'text', 'title']);
const attributes = new Set(
  'id d x y x1 y1 x2 y2 width height viewBox transform fill stroke stroke-width font-size'.split(' '),
);

/**
 * A formula that the host drew, as an image in the text's colour. The markup is rebuilt from a list of drawing elements
 * and attributes, so nothing else of it reaches the page; `tex` is what screen readers say.
 */
export function formulaImage(markup: string, tex: string): Element {
  // The content policy also watches what is parsed: style attributes go before, the rest when it is copied.
  const bare = markup.replace(/\sstyle="[^"]*"/g, '');
  const parsed = new DOMParser().parseFromString(bare, 'image/svg+xml').documentElement;
  const drawing = parsed.localName === 'svg' ? parsed : parsed.querySelector('svg');
  if (!drawing) {
    const words = document.createElement('code');
    setText(words, tex);
    return words;
  }
  const made = copy(drawing) as SVGSVGElement;
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', tex);
  made.classList.add('formula-image');
  return made;
}

function copy(from: Element): SVGElement {
  const made = document.createElementNS(svgNamespace, from.localName);
  for (const { name, value } of from.attributes) {
    if (attributes.has(name)) made.setAttribute(name, value);
    // Glyphs are shared within the drawing only.
    if ((name === 'href' || name === 'xlink:href') && value.startsWith('#')) made.setAttributeNS(xlink, 'href', value);
  }
  for (const child of from.childNodes) {
    if (child instanceof Element && elements.has(child.localName)) append(made, copy(child));
    else if (child.nodeType === Node.TEXT_NODE && from.localName === 'text') append(made, child.textContent ?? '');
  }
  return made;
}
