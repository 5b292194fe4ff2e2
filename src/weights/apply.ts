import { initialValues } from '../graph/initialise';
import type { DType, Graph, StorageId, StorageValues, TensorData } from '../graph/types';
import { excerpt } from '../language/legible';
import { LISTED, list, say } from '../language/say';
import { type LayerOrder, layerNamings, type Naming } from './layerNames';
import { decode, type NamedTensor, WeightsError, type WeightsPart } from './tensor';

export interface ShapeMismatch {
  readonly name: string;
  readonly found: readonly number[];
  readonly expected: readonly number[];
}

/** A checkpoint laid over a model's state. */
export interface AppliedWeights {
  /** What the checkpoint holds of the model's storages. */
  readonly values: readonly StorageValues[];
  /** Names of the state that the checkpoint has not; names it has besides; shapes that differ. */
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly ShapeMismatch[];
  /** Buffers by whose values in the code the model was read, and which have others in the checkpoint. */
  readonly changed: readonly string[];
  /** Which of the checkpoint's state dicts was taken (`generator`), and what stood before every name (`module.`). */
  readonly part: string;
  readonly prefix: string;
  /** What layers were matched by whose names are others in the file; of TensorFlow.js's models alone. */
  readonly order?: LayerOrder;
  /** Whose words tell what does not fit; absent: PyTorch's. */
  readonly conventions?: 'tensorflow';
}

/** A state dict and what it holds for the model: PyTorch's with a prefix taken off, TensorFlow.js's by its layers. */
interface StateDictChoice extends Naming<NamedTensor> {
  readonly part: WeightsPart;
  readonly prefix: string;
  /** How many of the model's names it has, those with the model's shape twice. */
  readonly hits: number;
}

/** Names of the model by which prefixes are found: any one will do, unless the checkpoint lacks it. */
const probes = 4;

/**
 * Prefixes that stand before the model's names, from wrappers (`module.`, `_orig_mod.`) or the module that held it
 * while training (`model.`).
 */
function prefixesIn(part: WeightsPart, names: readonly string[]): string[] {
  const found = new Set(['']);
  for (const probe of names.slice(0, probes)) {
    for (const { name } of part.tensors)
      if (name.endsWith(`.${probe}`)) found.add(name.slice(0, name.length - probe.length));
  }
  return [...found];
}

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** PyTorch before 0.4 had no scalars: one element stood for one. */
const fits = (found: readonly number[], expected: readonly number[]) =>
  isSameShape(found, expected) || (expected.length === 0 && isSameShape(found, [1]));

interface Expected {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Ways to read the names of a state dict. */
function namingsOf(
  part: WeightsPart,
  state: readonly Expected[],
  { conventions }: Graph,
): (Naming<NamedTensor> & { readonly prefix: string })[] {
  if (conventions === 'tensorflow') return layerNamings(part.tensors, state).map((each) => ({ ...each, prefix: '' }));
  const names = state.map(({ name }) => name);
  return prefixesIn(part, names).map((prefix) => {
    const mine = part.tensors.filter(({ name }) => name.startsWith(prefix));
    return { prefix, found: new Map(mine.map((tensor) => [tensor.name.slice(prefix.length), tensor])) };
  });
}

function choose(parts: readonly WeightsPart[], state: readonly Expected[], graph: Graph): StateDictChoice {
  let best: StateDictChoice | undefined;
  for (const part of parts) {
    for (const naming of namingsOf(part, state, graph)) {
      const hits = state.reduce((sum, { name, shape }) => {
        const tensor = naming.found.get(name);
        return sum + (tensor ? (fits(tensor.shape, shape) ? 2 : 1) : 0);
      }, 0);
      if (!best || hits > best.hits) best = { ...naming, part, hits };
    }
  }
  return best ?? { part: { path: '', tensors: [] }, prefix: '', found: new Map(), hits: 0 };
}

/** Batch norms count their batches only since PyTorch 0.4.1; a checkpoint without the counter starts from 0. */
const mayBeAbsent = /(^|\.)num_batches_tracked$/;

/** As `copy_` converts: a half-precision checkpoint fits a float32 model. */
function convert(tensor: NamedTensor, dtype: DType): TensorData {
  const data = decode(tensor);
  if (dtype.includes('float')) return data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype === 'int64') return Float64Array.from(data);
  return data instanceof Int32Array ? data : Int32Array.from(data);
}

/**
 * Matches a file's tensors with the graph's state, as `load_state_dict(strict=False)` does. Of several state dicts the
 * one that has most of the model's names is taken. Tied weights may be stored under any one of their names.
 * @param within path of the submodule that the graph is: the rest of the checkpoint is not unexpected then.
 * @throws WeightsError where a tensor's bytes are damaged.
 */
export function applyWeights(graph: Graph, parts: readonly WeightsPart[], within?: string): AppliedWeights {
  const state = graph.state.filter(({ persistent }) => persistent);
  const expected = state.map(({ name, storage }) => ({ name, shape: graph.storages[storage]?.type.shape ?? [] }));
  const { part, prefix, found, order } = choose(parts, expected, graph);
  const data = new Map<StorageId, TensorData>();
  const mismatched: ShapeMismatch[] = [];
  const absent: { name: string; storage: StorageId }[] = [];
  for (const { name, storage } of state) {
    const tensor = found.get(name);
    const { shape: expected, dtype } = graph.storages[storage]?.type ?? { shape: [], dtype: 'float32' };
    if (!tensor) absent.push({ name, storage });
    else if (!fits(tensor.shape, expected)) mismatched.push({ name, found: tensor.shape, expected });
    else if (!data.has(storage)) data.set(storage, convert(tensor, dtype));
  }
  const names = new Set(state.map(({ name }) => name));
  const used = new Set([...found].flatMap(([name, tensor]) => (names.has(name) ? [tensor] : [])));
  const others = part.tensors.filter((tensor) => tensor.name.startsWith(prefix) && !used.has(tensor));
  return {
    values: Array.from(data, ([storage, values]) => ({ storage, data: values })),
    missing: absent
      .filter(({ name, storage }) => !data.has(storage) && !mayBeAbsent.test(name))
      .map(({ name }) => name),
    unexpected: others
      .map(({ name }) => name.slice(prefix.length))
      .filter((name) => !within || name.startsWith(`${within}.`)),
    mismatched,
    changed: changedBuffers(graph, data),
    part: part.path,
    prefix,
    ...(order && { order }),
    ...(graph.conventions && { conventions: graph.conventions }),
  };
}

/** Buffers that decided what the model is, and of which the checkpoint says something else. */
function changedBuffers(graph: Graph, given: ReadonlyMap<StorageId, TensorData>): string[] {
  return (graph.decided ?? []).flatMap((storage) => {
    const [own, data] = [graph.storages[storage], given.get(storage)];
    if (!own || !data) return [];
    const before = initialValues(own, storage, 0);
    const same = data.length === before.length && data.every((value: number, i: number) => value === before[i]);
    return same ? [] : [graph.state.find((entry) => entry.storage === storage)?.name ?? ''];
  });
}

/**
 * What `load_state_dict(strict=True)` would complain of, in its words, or what of a TensorFlow.js model does not fit; of many
 * keys the first.
 */
export function misfits(applied: AppliedWeights): string[] {
  const { mismatched, changed } = applied;
  const lines = applied.conventions === 'tensorflow' ? misfittingLayers(applied) : misfittingKeys(applied);
  if (changed.length)
    lines.push(
      say(
        "{0} has another value in the checkpoint than in the code, and the model was read by the code's, which decides a branch, a size or a place; give it the checkpoint's value in the constructor.",
        quote(changed),
      ),
    );
  if (mismatched.length > LISTED) lines.push(say('and {0} more of another size', mismatched.length - LISTED));
  return lines;
}

function misfittingKeys({ missing, unexpected, mismatched }: AppliedWeights): string[] {
  const lines: string[] = [];
  if (missing.length) lines.push(`Missing key(s) in state_dict: ${quote(missing)}.`);
  if (unexpected.length) lines.push(`Unexpected key(s) in state_dict: ${quote(unexpected)}.`);
  for (const { name, found, expected } of mismatched.slice(0, LISTED)) {
    lines.push(
      `size mismatch for ${excerpt(name)}: copying a param with shape ${size(found)} from checkpoint, the shape in current model is ${size(expected)}.`,
    );
  }
  return lines;
}

function misfittingLayers({ missing, unexpected, mismatched }: AppliedWeights): string[] {
  const lines: string[] = [];
  if (missing.length) lines.push(say('The file has nothing for these weights of the model: {0}', missing));
  if (unexpected.length) lines.push(say('The model has nothing for these weights of the file: {0}', unexpected));
  for (const { name, found, expected } of mismatched.slice(0, LISTED))
    lines.push(say('{0} has the shape [{1}] in the file and [{2}] in the model', name, found, expected));
  return lines;
}

/** The name of a file whose weights were applied, with what its layers were matched by where their names are others. */
export function nameApplied(file: string, { order }: AppliedWeights): string {
  if (!order) return file;
  return order === 'kind'
    ? say('{0}, layers of a kind matched in their order', file)
    : say('{0}, layers of the same shapes matched in their order', file);
}

const quote = (names: readonly string[]) => list(names.map((name) => `"${name}"`));
const size = (shape: readonly number[]) => `torch.Size([${list(shape)}])`;

/**
 * The checks of `load_state_dict(strict=True)`, in its words, and of `loadWeights` of TensorFlow.js in ours.
 * @throws WeightsError that lists every missing, unexpected and mismatched key.
 */
export function requireExact(model: string, applied: AppliedWeights): void {
  const lines = misfits(applied);
  if (lines.length === 0) return;
  const isLayers = applied.conventions === 'tensorflow';
  const [title, example] = isLayers
    ? [say('The weights do not fit {0}:', model), 'model.ts:createModel(10)']
    : [`Error(s) in loading state_dict for ${model}:`, 'model.py:Net(num_classes=10)'];
  throw new WeightsError(
    `${title}\n  ${lines.join('\n  ')}\nName the model as it was built when its weights were saved, such as ${example}.`,
  );
}
