import type { Setting } from '../extract/given';

/** A size by its name, `height=224`, as users write it; undefined where a text is none. */
export function parseSize(text: string): Setting | undefined {
  const [, name, size] = /^\s*(.+?)\s*=\s*(\d+)\s*$/s.exec(text) ?? [];
  return name === undefined || size === undefined ? undefined : { name, text: size };
}
