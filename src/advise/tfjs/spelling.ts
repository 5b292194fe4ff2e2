/** Names that people write for activations of TensorFlow.js's layers, and what they mean there. */
import { tfjsTable } from '../../detect/typescript/tfjsTable';

/** Names without case and joints. */
const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What other libraries call them. */
const others: ReadonlyMap<string, string> = new Map([
  ['silu', 'swish'],
  ['swish1', 'swish'],
  ['identity', 'linear'],
  ['none', 'linear'],
  ['null', 'linear'],
  ['', 'linear'],
  ['logistic', 'sigmoid'],
  ['sigm', 'sigmoid'],
  ['rectifier', 'relu'],
  ['rectifiedlinear', 'relu'],
  ['geluapproximate', 'gelu_new'],
  ['gelutanh', 'gelu_new'],
]);

/** TensorFlow.js's own word where only case and joints are wrong: `hard_sigmoid`, `ReLu`. */
export function writtenWord(word: string): string | undefined {
  const wanted = lettersOf(word);
  return [...tfjsTable().identifiers.keys()].find((each) => lettersOf(each) === wanted);
}

/** The word that is meant by one that TensorFlow.js doesn't know. */
export function nearestWord(word: string): string | undefined {
  const wanted = lettersOf(word);
  const words = [...tfjsTable().identifiers.keys()];
  const exact = writtenWord(word) ?? others.get(wanted);
  if (exact !== undefined) return exact;
  if (layerFor(word) !== undefined || isElsewhere(word)) return undefined;
  const most = wanted.length < 5 ? 1 : 2;
  const near = words
    .map((each) => ({ each, steps: distance(lettersOf(each), wanted) }))
    .filter(({ steps }) => steps <= most)
    .sort((a, b) => a.steps - b.steps);
  // Of two that are as near none is surely meant.
  return near[0] && near[0].steps < (near[1]?.steps ?? Number.POSITIVE_INFINITY) ? near[0].each : undefined;
}

/** Activations that TensorFlow.js has under no name. */
const missing =
  /^(hardswish|hardtanh|hardshrink|softshrink|tanhshrink|softmin|celu|crelu|rrelu|glu|reglu|geglu|swiglu|exponential|exp|sin|sine|cos|abs|square|maxout|quickgelu|squaredrelu|relu2|snake|gaussian|hardmish|serf|aptx|sparsemax)$/;

/** Whether a word is an activation of other libraries. */
export function isElsewhere(word: string): boolean {
  return missing.test(lettersOf(word));
}

/** `leakyReLU` for `'leaky_relu'`: an activation that is a layer of its own. */
export function layerFor(word: string): string | undefined {
  const wanted = lettersOf(word);
  const layers = [...tfjsTable().names].flatMap(([name, { kind }]) =>
    kind === 'layer' ? [name.slice('tf.layers.'.length)] : [],
  );
  const isAlone = (each: string) => !tfjsTable().identifiers.has(each.toLowerCase());
  return layers.find(
    (each) => isAlone(each) && (lettersOf(each) === wanted || (wanted === 'lrelu' && each === 'leakyReLU')),
  );
}

/** Whether TensorFlow.js takes the name of a layer's class for an activation: `'ReLU'` builds that layer and runs it. */
export function runsAsLayer(word: string): boolean {
  return tfjsTable().classes.has(word);
}

/** How many letters have to be changed, put in or taken out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
