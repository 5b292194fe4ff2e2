/** ONNX files as the graph that everything else works on. */
import { findWritten } from '../activations/written/find';
import { itemAt } from '../graph/access';
import { GraphBuilder } from '../graph/builder';
import { peakBytes } from '../graph/memory';
import { prune } from '../graph/prune';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { Axes, type AxisOptions } from './axes';
import { dtypeOf } from './elements';
import { OnnxError } from './errors';
import { type ExternalFiles, externalFiles } from './external';
import type { OnnxOperand } from './operand';
import { decodeModel, type OnnxModel, type OnnxValue } from './proto';
import { FileReading } from './reading';

export interface OnnxOptions extends AxisOptions {
  /** Files beside the model that its weights may lie in; locations outside of its folder are never asked for. */
  readonly external?: ExternalFiles | undefined;
  /** What the graph is called; the file's own name of it unless given. */
  readonly name?: string | undefined;
  /** Bytes that weights and values may take at once; 8 GiB unless given. */
  readonly mostBytes?: number | undefined;
}

const MOST_BYTES = 2 ** 33;

/** Opsets of ONNX that are read. */
const OLDEST = 7;
const NEWEST = 28;

/**
 * Reads a model. Open axes have the sizes that the options give, 1 for examples. Nodes' names are the paths of the
 * graph's nodes, and initialisers its state; activations that an exporter took apart are among `written`.
 * @throws OnnxError saying what stands in the way
 */
export async function readOnnx(bytes: Uint8Array, options: OnnxOptions = {}): Promise<Graph> {
  const model = decodeModel(bytes);
  const files = await externalFiles(model, options.external);
  return readModel(model, files, options);
}

function readModel(model: OnnxModel, files: ReadonlyMap<string, Uint8Array | undefined>, options: OnnxOptions): Graph {
  checkOpset(model);
  const { graph } = model;
  const builder = new GraphBuilder();
  const reading = new FileReading(builder, model, files);
  const own = inputsOf(model);
  const axes = new Axes(own, options);
  const inputs = own.map((input) => ({ input, type: typeOf(input, axes) }));
  axes.check();
  const operands = new Map<string, OnnxOperand>();
  const named = inputs.map(({ input: { name }, type }) => {
    if (operands.has(name))
      throw new OnnxError('damaged', say('Two values have the name {0}: the file is damaged.', name));
    reading.t.checkSize(type);
    const value = builder.input(type, name);
    operands.set(name, { type, value });
    return { name, value };
  });
  if (graph.outputs.length === 0)
    throw new OnnxError('damaged', say('The file names no outputs: it is cut off or damaged.'));
  for (const message of axes.notes) builder.note({ message });
  const made = reading.outputs(graph, operands);
  const whole = builder.finish({
    name: options.name ?? graph.name,
    inputs: named,
    outputs: graph.outputs.map(({ name }, i) => ({ name, value: itemAt(made, i) })),
    state: reading.weights.state(),
  });
  const pruned = prune(whole);
  const peak = peakBytes(pruned);
  const { mostBytes = MOST_BYTES } = options;
  if (!(peak <= mostBytes)) {
    throw new OnnxError(
      'too-large',
      say(
        'The model needs {0} MB at once, more than the {1} MB that there are; give smaller sizes, or compare a smaller model.',
        Math.round(peak / 2 ** 20),
        Math.round(mostBytes / 2 ** 20),
      ),
    );
  }
  const written = findWritten(pruned, { functions: [], modules: new Map() }).filter(
    ({ values }) => !values.some((value) => reading.t.rounding.has(value)),
  );
  return { ...pruned, ...(written.length > 0 && { written }) };
}

/** Inputs that a caller gives: older files list initialisers among them. */
export function inputsOf({ graph }: OnnxModel): readonly OnnxValue[] {
  const own = new Set(graph.initialisers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !own.has(name));
}

function typeOf(input: OnnxValue, axes: Axes) {
  const { name, kind, dataType } = input;
  const what = say('The input {0}', name);
  if (kind !== 'tensor') {
    throw new OnnxError(
      'type',
      say('{0} is no tensor ({1}), which is not read; export a model that takes tensors.', what, kind),
    );
  }
  return { dtype: dtypeOf(dataType, what), shape: axes.sizesOf(input) };
}

function checkOpset({ opsets, irVersion }: OnnxModel): void {
  const version = opsets.get('');
  if (version === undefined) {
    // Files before version 3 of the format know no operator sets.
    if (irVersion < 3) throw outdatedProblem(1);
    return;
  }
  if (version < OLDEST) throw outdatedProblem(version);
  if (version > NEWEST) {
    throw new OnnxError(
      'operator',
      say(
        'The file is written in opset {0}; {1} to {2} are read. Export it with an older one.',
        version,
        OLDEST,
        NEWEST,
      ),
    );
  }
}

const outdatedProblem = (version: number) =>
  new OnnxError(
    'operator',
    say(
      'The file is written in opset {0}; {1} to {2} are read. Convert it with onnx.version_converter.',
      version,
      OLDEST,
      NEWEST,
    ),
  );
