/** An ONNX file as it is written, without what the elements of its tensors are: `onnx.proto`'s messages. */
import { say } from '../language/say';
import { OnnxError } from './errors';
import { fieldsOf, packedFloats, packedInts, textOf } from './wire';

/** A tensor of the file: where its elements lie, in which of the forms that ONNX has. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** `TensorProto.DataType`. */
  readonly dataType: number;
  /** The elements as the memory has them. */
  readonly raw?: Uint8Array;
  /** The elements as numbers of a typed field: the field's number and its chunks. */
  readonly typed?: { readonly field: number; readonly chunks: readonly Uint8Array[] };
  /** Where they lie in another file. */
  readonly external?: ReadonlyMap<string, string>;
  /** Only a part of it is here: nobody writes that. */
  readonly isSegment?: true;
}

/** An axis: its size, or its name, or neither. */
export interface OnnxAxis {
  readonly size?: number;
  readonly name?: string;
}

/** What an input or an output is. */
export interface OnnxValue {
  readonly name: string;
  /** `tensor`, or what else it is, as the file has it. */
  readonly kind: 'tensor' | 'sparse tensor' | 'sequence' | 'map' | 'optional' | 'unknown';
  readonly dataType: number;
  /** Absent: of any rank. */
  readonly axes?: readonly OnnxAxis[];
}

/** An attribute; what it holds is told by the operator. */
export interface OnnxAttribute {
  readonly name: string;
  readonly float?: number;
  readonly int?: number;
  readonly text?: string;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly texts: readonly string[];
  readonly isSparse?: true;
  /** In a function: the attribute of its call that this one is. */
  readonly reference?: string;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
  readonly metadata: ReadonlyMap<string, string>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: readonly OnnxTensor[];
  /** Names of sparse initialisers. */
  readonly sparse: readonly string[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Versions of operator sets, by their domains. */
export type OpsetVersions = ReadonlyMap<string, number>;

export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a call leaves out. */
  readonly defaults: readonly OnnxAttribute[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: OpsetVersions;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly opsets: OpsetVersions;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}

/** Graphs inside graphs: nobody's model has more. */
const MOST_DEPTH = 24;
const MOST_RANK = 64;
const MOST_SIZE = 2 ** 40;

const damage = (message: string) => new OnnxError('damaged', message);

function entry(bytes: Uint8Array): readonly [string, string] {
  let [key, value] = ['', ''];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) key = textOf(field.bytes);
    else if (field.number === 2) value = textOf(field.bytes);
  }
  return [key, value];
}

function tensor(bytes: Uint8Array): OnnxTensor {
  const dims: number[] = [];
  const external = new Map<string, string>();
  const typed = new Map<number, Uint8Array[]>();
  let [name, dataType, location] = ['', 0, 0];
  let raw: Uint8Array | undefined;
  let isSegment = false;
  for (const { number, int, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) for (const dim of packedInts(own)) dims.push(dim);
    else if (number === 2) dataType = int;
    else if (number === 3) isSegment = true;
    else if (number === 8) name = textOf(own);
    else if (number === 9) raw = own;
    else if (number === 13) external.set(...entry(own));
    else if (number === 14) location = int;
    else if (number === 4 || number === 5 || number === 6 || number === 7 || number === 10 || number === 11) {
      const chunks = typed.get(number);
      if (chunks) chunks.push(own);
      else typed.set(number, [own]);
    }
  }
  if (dims.length > MOST_RANK || dims.some((dim) => !(dim >= 0 && dim <= MOST_SIZE)))
    throw damage(say('The tensor {0} has the sizes {1}: the file is damaged.', name, dims));
  const [[field, chunks] = [0, undefined]] = typed;
  return {
    name,
    dims,
    dataType,
    ...(raw && { raw }),
    ...(chunks && { typed: { field, chunks } }),
    ...(location === 1 && { external }),
    ...(isSegment && { isSegment }),
  };
}

function axis(bytes: Uint8Array): OnnxAxis {
  let size: number | undefined;
  let name = '';
  for (const { number, int, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) size = int;
    else if (number === 2) name = textOf(own);
  }
  // Older exporters write 0 or −1 for a size that they leave open.
  if (size !== undefined && size > 0) return { size };
  return name === '' ? {} : { name };
}

const kinds: ReadonlyMap<number, OnnxValue['kind']> = new Map([
  [1, 'tensor'],
  [4, 'sequence'],
  [5, 'map'],
  [8, 'sparse tensor'],
  [9, 'optional'],
]);

function type(bytes: Uint8Array): Omit<OnnxValue, 'name'> {
  for (const { number, bytes: own } of fieldsOf(bytes)) {
    const kind = kinds.get(number);
    if (kind === undefined) continue;
    if (kind !== 'tensor') return { kind, dataType: 0 };
    let dataType = 0;
    let axes: OnnxAxis[] | undefined;
    for (const part of fieldsOf(own)) {
      if (part.number === 1) dataType = part.int;
      else if (part.number === 2) {
        axes = [];
        for (const dim of fieldsOf(part.bytes)) if (dim.number === 1) axes.push(axis(dim.bytes));
      }
    }
    if (axes && axes.length > MOST_RANK) throw damage(say('An input has {0} axes: the file is damaged.', axes.length));
    return { kind, dataType, ...(axes && { axes }) };
  }
  return { kind: 'unknown', dataType: 0 };
}

function valueInfo(bytes: Uint8Array): OnnxValue {
  let name = '';
  let found: Omit<OnnxValue, 'name'> = { kind: 'unknown', dataType: 0 };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) name = textOf(field.bytes);
    else if (field.number === 2) found = type(field.bytes);
  }
  return { name, ...found };
}

function attribute(bytes: Uint8Array, depth: number): OnnxAttribute {
  const [floats, ints, texts]: [number[], number[], string[]] = [[], [], []];
  const found: { -readonly [K in keyof OnnxAttribute]: OnnxAttribute[K] } = { name: '', floats, ints, texts };
  for (const { number, int, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) found.name = textOf(own);
    else if (number === 2) [found.float] = packedFloats(own, 4);
    else if (number === 3) found.int = int;
    else if (number === 4) found.text = textOf(own);
    else if (number === 5) found.tensor = tensor(own);
    else if (number === 6) found.graph = graph(own, depth + 1);
    else if (number === 7) for (const each of packedFloats(own, 4)) floats.push(each);
    else if (number === 8) for (const each of packedInts(own)) ints.push(each);
    else if (number === 9) texts.push(textOf(own));
    else if (number === 21 && own.length > 0) found.reference = textOf(own);
    else if (number === 22 || number === 23) found.isSparse = true;
  }
  return found;
}

function node(bytes: Uint8Array, depth: number): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes: OnnxAttribute[] = [];
  const metadata = new Map<string, string>();
  let [name, operator, domain, overload] = ['', '', '', ''];
  for (const { number, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) inputs.push(textOf(own));
    else if (number === 2) outputs.push(textOf(own));
    else if (number === 3) name = textOf(own);
    else if (number === 4) operator = textOf(own);
    else if (number === 5) attributes.push(attribute(own, depth));
    else if (number === 7) domain = plainDomain(textOf(own));
    else if (number === 8) overload = textOf(own);
    else if (number === 9) metadata.set(...entry(own));
  }
  return { name, operator, domain, overload, inputs, outputs, attributes, metadata };
}

/** `ai.onnx` is another name of ONNX's own domain. */
const plainDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

function sparseName(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return tensor(field.bytes).name;
  return '';
}

function graph(bytes: Uint8Array, depth: number): OnnxGraph {
  if (depth > MOST_DEPTH)
    throw new OnnxError('too-large', say('The file nests graphs more than {0} deep.', MOST_DEPTH));
  const found = {
    name: '',
    nodes: [] as OnnxNode[],
    initialisers: [] as OnnxTensor[],
    sparse: [] as string[],
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
  };
  for (const { number, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) found.nodes.push(node(own, depth));
    else if (number === 2) found.name = textOf(own);
    else if (number === 5) found.initialisers.push(tensor(own));
    else if (number === 11) found.inputs.push(valueInfo(own));
    else if (number === 12) found.outputs.push(valueInfo(own));
    else if (number === 15) found.sparse.push(sparseName(own));
  }
  return found;
}

function opset(bytes: Uint8Array): readonly [string, number] {
  let [domain, version] = ['', 0];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) domain = plainDomain(textOf(field.bytes));
    else if (field.number === 2) version = field.int;
  }
  return [domain, version];
}

function functionOf(bytes: Uint8Array): OnnxFunction {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const defaults: OnnxAttribute[] = [];
  const nodes: OnnxNode[] = [];
  const opsets = new Map<string, number>();
  let [name, domain, overload] = ['', '', ''];
  for (const { number, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) name = textOf(own);
    else if (number === 4) inputs.push(textOf(own));
    else if (number === 5) outputs.push(textOf(own));
    else if (number === 7) nodes.push(node(own, 0));
    else if (number === 9) opsets.set(...opset(own));
    else if (number === 10) domain = plainDomain(textOf(own));
    else if (number === 11) defaults.push(attribute(own, 0));
    else if (number === 13) overload = textOf(own);
  }
  return { name, domain, overload, inputs, outputs, defaults, nodes, opsets };
}

/** What a protocol buffer can hold at most. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The file's parts; tensors are views of its bytes.
 * @throws OnnxError where it is no ONNX file, damaged or too large
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MOST_BYTES) {
    throw new OnnxError(
      'too-large',
      say(
        'The file has {0} MB; up to 2 GB are read. Save the weights beside it (external data), or compare a smaller model.',
        Math.round(bytes.length / 2 ** 20),
      ),
    );
  }
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions: OnnxFunction[] = [];
  let [irVersion, producer, producerVersion] = [0, '', ''];
  let found: OnnxGraph | undefined;
  for (const { number, int, bytes: own } of fieldsOf(bytes)) {
    if (number === 1) irVersion = int;
    else if (number === 2) producer = textOf(own);
    else if (number === 3) producerVersion = textOf(own);
    else if (number === 7) found = graph(own, 0);
    else if (number === 8) opsets.set(...opset(own));
    else if (number === 14) metadata.set(...entry(own));
    else if (number === 25) functions.push(functionOf(own));
  }
  if (!found) throw damage(say('The file holds no graph: it is no ONNX model, or it is cut off.'));
  return { irVersion, producer, producerVersion, opsets, metadata, graph: found, functions };
}

/** A tensor that is a file of its own. @throws OnnxError where it is damaged */
export const decodeTensor = (bytes: Uint8Array): OnnxTensor => tensor(bytes);
