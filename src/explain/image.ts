import { type Markdown, ownMarkdown } from '../language/markdown';

/** An image for Markdown: `![alt](data:image/svg+xml;base64,…|width=…,height=…)`, as the editor reads it. */
export function markdownImage(alt: string, svg: string, width: number, height: number): Markdown {
  const label = alt.replace(/[[\]\\]/g, '');
  return ownMarkdown(`![${label}](data:image/svg+xml;base64,${base64(svg)}|width=${width},height=${height})`);
}

/** The same at the right edge, text flowing beside it: Markdown that is rendered with its HTML. */
export function imageBesideText(alt: string, svg: string, width: number, height: number): Markdown {
  const label = alt.replace(/[&<>"]/g, '');
  return ownMarkdown(
    `<img align="right" alt="${label}" width="${width}" height="${height}" src="data:image/svg+xml;base64,${base64(svg)}">`,
  );
}

/** Nothing, as wide as this: a hover is no wider than its longest line, and the plot needs room beside the text. */
export function spacer(width: number): Markdown {
  return ownMarkdown(`<img alt="" width="${Math.round(width)}" height="1" src="${EMPTY}">`);
}

/** Base64 of UTF-8 text, in any host. */
export function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

/** An image that shows nothing. */
const EMPTY = `data:image/svg+xml;base64,${base64('<svg xmlns="http://www.w3.org/2000/svg"/>')}`;
