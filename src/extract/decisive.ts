/** What of PyTorch's message is about the code alone: the sizes of a batch and of an image stand in many as well. */

const PATTERNS: readonly RegExp[] = [
  /mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)/,
  /expected input\[[^\]]*\] to have (\d+) channels, but got (\d+) channels instead/,
  /normalized_shape=\[([\d, ]+)\].*\[(?:\d+, )*(\d+)\]/,
  /divisible by num_groups, but got input of shape \[\d+, (\d+).* and num_groups=(\d+)/,
  /Expected (?:weight|bias) to be a vector .* of shape (\[[^\]]*\]) and input of shape \[\d+, (\d+)/,
  /Expected (\d\w*D.*) input to (\w+), but got input of size: (\[[^\]]*\])/,
  /The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/,
  /(expected .*D input) \(got (\d)D input\)/,
];

/** The same for two errors where they are the same fault, however large the batch and the image. */
export function decisiveIn(message: string): string {
  for (const pattern of PATTERNS) {
    const match = pattern.exec(message);
    // Of a shape that has another rank than is wanted, the rank decides.
    if (match) return [pattern.source, ...match.slice(1).map((each) => rankOf(each))].join(' ');
  }
  return message;
}

const rankOf = (text: string): string => (text.startsWith('[') ? `${text.split(',').length}D` : text);

/** The sizes of joined tensors as PyTorch tells them; the evaluator tells all, by which inputs are found that fit. */
export function tellAsPyTorch(message: string): string {
  const match = JOINED.exec(message);
  if (!match) return message;
  const [, dim, first = '', other = '', index] = match;
  const [expected, found] = [first, other].map((text) => text.split(', '));
  if (expected?.length !== found?.length)
    return `Tensors must have same number of dimensions: got ${expected?.length} and ${found?.length}`;
  const axis = expected?.findIndex((size, at) => String(at) !== dim && size !== found?.[at]) ?? 0;
  return `Sizes of tensors must match except in dimension ${dim}. Expected size ${expected?.[axis]} but got size ${found?.[axis]} for tensor number ${index} in the list.`;
}

const JOINED =
  /^Sizes of tensors must match except in dimension (\d+)\. Expected \[([^\]]*)\] but got \[([^\]]*)\] for tensor number (\d+) in the list\.$/;

/** The features that a linear layer gets and those that it takes. */
export function featuresIn(message: string): { readonly found: number; readonly wanted: number } | undefined {
  const match = PATTERNS[0]?.exec(message);
  return match ? { found: Number(match[1]), wanted: Number(match[2]) } : undefined;
}

/** Whether an error says that a tensor has too many or too few dimensions. */
export const isOfRank = (message: string): boolean => /\d-?D\b/.test(message);

const KINDS =
  /[Dd]type|scalar type|index tensor|\b(?:int|integer|float|floating|Long|Int|Float|Double|Half|Byte|Bool)\b/;

/** Whether an error is about what kind of number something is; a list of arguments is not. */
export const isOfDtype = (message: string): boolean => KINDS.test(message.replace(/ - got \(.*\)/, ''));

/** Whether an error says that a size other than `base` does not fit: the input can have no other there. */
export const isPinned = (message: string, base: number, tried: number): boolean => {
  const numbers = new Set((message.match(/\d+/g) ?? []).map(Number));
  return numbers.has(base) && numbers.has(tried);
};
