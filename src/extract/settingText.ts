/** A name, dotted where it is a part of a setting, and a Python literal or bare text. */
export interface Setting {
  readonly name: string;
  readonly text: string;
}

/**
 * `hidden=64`.
 * @throws Error where there is no name before a `=`
 */
export function parseSetting(text: string): Setting {
  const match = /^\s*(?:--)?([\p{L}_][\p{L}\p{N}_.-]*)\s*=(.*)$/su.exec(text);
  if (!match?.[1]) throw new Error(`"${text}" is not name=value`);
  return { name: match[1].replaceAll('-', '_'), text: (match[2] ?? '').trim() };
}
