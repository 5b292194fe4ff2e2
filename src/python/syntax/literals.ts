/** `0xff`, `1_000`, `0b11`. */
export function parseInteger(text: string): bigint {
  const plain = text
    .replaceAll('_', '')
    .replace(/[lLjJ]$/, '')
    .toLowerCase();
  return BigInt(/^0\d/.test(plain) ? plain.replace(/^0+(?=\d)/, '') : plain);
}

/** What stands before the quotes. */
export function stringPrefix(text: string): { readonly raw: boolean; readonly format: boolean } {
  const letters = (/^[a-z]*/i.exec(text)?.[0] ?? '').toLowerCase();
  return { raw: letters.includes('r'), format: letters.includes('f') };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** Resolves a string literal's escapes. */
export function decodeString(text: string, raw: boolean): string {
  if (raw || !text.includes('\\')) return text;
  return text.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\r\n|[\s\S])/g,
    (whole, body: string) => {
      if (/^[xuU]./.test(body)) return codePoint(Number.parseInt(body.slice(1), 16), whole);
      if (/^[0-7]+$/.test(body)) return codePoint(Number.parseInt(body, 8), whole);
      if (body === '\r\n') return '';
      return ESCAPES[body] ?? whole;
    },
  );
}

function codePoint(value: number, otherwise: string): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : otherwise;
}
