/** How a number that JSON has no words for is sent. */
const key = '$number';
const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/**
 * A message as it can be sent: the editor turns messages into JSON, in which NaN and ±∞ become null (a mask of −∞ would
 * become none). Typed arrays travel as bytes and keep theirs. What has no such number is returned as it is, not copied.
 */
export function pack<T>(message: T): unknown {
  return rebuild(message, (value) =>
    typeof value === 'number' && !Number.isFinite(value) ? { [key]: String(value) } : value,
  );
}

/** The message that was packed. */
export function unpack(message: unknown): unknown {
  return rebuild(message, (value) => {
    if (typeof value !== 'object' || value === null || !(key in value)) return value;
    const word = value[key];
    return typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : value;
  });
}

/** The value with `change` applied to each part, outermost first; parts that stay the same are shared. */
function rebuild(value: unknown, change: (part: unknown) => unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const changed = change(value);
  if (changed !== value || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return changed;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const part = rebuild(value[i], change);
      if (Object.is(part, value[i])) continue;
      copy ??= [...value];
      copy[i] = part;
    }
    return copy ?? value;
  }
  const parts = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  // A graph has millions of parts: a list of them all would take as long as the rest.
  for (const name in parts) {
    const part = rebuild(parts[name], change);
    if (Object.is(part, parts[name])) continue;
    copy ??= { ...parts };
    copy[name] = part;
  }
  return copy ?? value;
}
