/** An image for Markdown: `![alt](data:image/svg+xml;base64,…|width=…,height=…)`, as the editor reads it. */
export function markdownImage(alt: string, svg: string, width: number, height: number): string {
  const label = alt.replace(/[[\]\\]/g, '');
  return `![${label}](data:image/svg+xml;base64,${base64(svg)}|width=${width},height=${height})`;
}

/** The same at the right edge, text flowing beside it: Markdown that is rendered with its HTML. */
export function besideText(alt: string, svg: string, width: number, height: number): string {
  const label = alt.replace(/[&<>"]/g, '');
  return `<img align="right" alt="${label}" width="${width}" height="${height}" src="data:image/svg+xml;base64,${base64(svg)}">`;
}

/** Nothing, as wide as this: a hover is no wider than its longest line, and the plot needs room beside the text. */
export function spacer(width: number): string {
  return `<img alt="" width="${Math.round(width)}" height="1" src="${EMPTY}">`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of UTF-8 text, in any host. */
export function base64(text: string): string {
  const bytes = utf8(text);
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    result += ALPHABET[group >> 18] ?? '';
    result += ALPHABET[(group >> 12) & 63] ?? '';
    result += b === undefined ? '=' : (ALPHABET[(group >> 6) & 63] ?? '');
    result += c === undefined ? '=' : (ALPHABET[group & 63] ?? '');
  }
  return result;
}

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return bytes;
}

/** An image that shows nothing. */
const EMPTY = `data:image/svg+xml;base64,${base64('<svg xmlns="http://www.w3.org/2000/svg"/>')}`;
