import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild } from '../range';
import type { TypeScriptBinding } from './bindings';
import { stripCasts, type TypeScriptNames } from './names';
import { operations } from './operations';
import { tfjsTable } from './tfjsTable';

/** `yes`: a tensor of TF.js's; `no`: something else; `maybe`: nothing in the file tells. */
export type Likelihood = 'yes' | 'maybe' | 'no';

const MAX_DEPTH = 8;

/** Says of one file's expressions whether they are tensors; each is judged once for each depth at which it is met. */
export class Receivers {
  private readonly known = Array.from({ length: MAX_DEPTH + 1 }, () => new PerNode<Likelihood>());
  private readonly bindings = Array.from({ length: MAX_DEPTH + 1 }, () => new PerNode<Likelihood>());
  private readonly types = new PerNode<Likelihood>();

  constructor(private readonly names: TypeScriptNames) {}

  /** Whether what stands before `.relu()` is a tensor. */
  isTensor(node: Node, depth = 0): Likelihood {
    const inner = stripCasts(node);
    const known = this.known[depth];
    const go = (next: Node | null | undefined): Likelihood => (next ? this.isTensor(next, depth + 1) : 'no');
    const typeOf = (type: Node) => this.types.of(type, () => likelihoodOfType(type, this.names));
    const cast = castType(node);
    if (cast && typeOf(cast) === 'yes') return 'yes';
    const nameOf = (use: Node) => this.likelihoodOfName(use, depth, go, typeOf);
    return known ? known.of(inner, () => likelihood(inner, this.names, go, nameOf)) : 'maybe';
  }

  private likelihoodOfName(use: Node, depth: number, go: Judge, typeOf: (type: Node) => Likelihood): Likelihood {
    const binding = this.names.binding(use);
    if (!binding || this.names.qualifiedName(use) !== undefined) return 'no';
    const find = () => likelihoodOfBinding(binding, this.names, go, typeOf);
    return this.bindings[depth]?.of(binding.leaf, find) ?? find();
  }
}

/** What is no tensor by its name, where nothing else tells. */
const others = /(^|[a-z])(optimi[sz]er|scheduler|env|environment|agent|model|layer|config|options|callbacks?)$/i;
/** Methods of tensors that give tensors, beside the operations of formulas and the activations themselves. */
const shaping = new Set([
  'matMul',
  'dot',
  'reshape',
  'as1D',
  'as2D',
  'as3D',
  'as4D',
  'asType',
  'toFloat',
  'toInt',
  'flatten',
  'squeeze',
  'expandDims',
  'transpose',
  'slice',
  'gather',
  'tile',
  'pad',
  'concat',
  'stack',
  'clone',
  'sum',
  'mean',
  'max',
  'min',
  'prod',
  'argMax',
  'argMin',
  'norm',
  'clipByValue',
  'clamp',
  'mod',
  'floor',
  'ceil',
  'round',
  'conv1d',
  'conv2d',
  'depthwiseConv2d',
  'maxPool',
  'avgPool',
  'pool',
  'batchNorm',
  'resizeBilinear',
  'reverse',
  'cumsum',
  'equal',
  'notEqual',
  'logicalAnd',
  'logicalNot',
]);

const isTensorMethod = (name: string) =>
  shaping.has(name) || operations().has(name) || tfjsTable().names.has(`tf.${name}`);

/** The type in `model.predict(x) as tf.Tensor`, parentheses around it left out. */
function castType(node: Node): Node | undefined {
  let at = node;
  while (at.type === 'parenthesized_expression' || at.type === 'non_null_expression') {
    const inner = firstChild(at);
    if (!inner) return undefined;
    at = inner;
  }
  return at.type === 'as_expression' ? children(at).at(-1) : undefined;
}

type Judge = (node: Node | null | undefined) => Likelihood;

function likelihood(inner: Node, names: TypeScriptNames, go: Judge, named: (use: Node) => Likelihood): Likelihood {
  switch (inner.type) {
    case 'call_expression':
      return likelihoodOfCall(inner, names, go);
    case 'identifier':
      return named(inner);
    case 'member_expression': {
      const object = inner.childForFieldName('object');
      if (names.qualifiedName(inner) !== undefined || object?.type === 'super') return 'no';
      if (others.test(inner.childForFieldName('property')?.text ?? '')) return 'no';
      return object?.type === 'this' ? 'maybe' : weaken(go(object));
    }
    case 'subscript_expression':
      return weaken(go(inner.childForFieldName('object')));
    case 'ternary_expression':
      return go(inner.childForFieldName('consequence'));
    case 'array':
      // What `[a, b][0]` gives.
      return 'maybe';
    default:
      return 'no';
  }
}

/** What a container or a method's object tells of what comes out of it. */
function weaken(likelihood: Likelihood): Likelihood {
  return likelihood === 'no' ? 'no' : 'maybe';
}

function likelihoodOfCall(call: Node, names: TypeScriptNames, go: Judge): Likelihood {
  const callee = call.childForFieldName('function');
  if (!callee) return 'no';
  const name = names.qualifiedName(callee);
  if (name !== undefined)
    return /^tf(\.(layers|model|sequential|initializers|train|data)\b|$)/.test(name) ? 'no' : 'yes';
  if (callee.type === 'identifier') {
    const binding = names.binding(callee);
    // A function of the workspace may well return a tensor; one of another library returns its own things.
    if (binding?.kind === 'import') return isOfWorkspace(binding) ? 'maybe' : 'no';
    return binding && binding.kind !== 'class' ? 'maybe' : 'no';
  }
  if (callee.type !== 'member_expression') return callee.type === 'call_expression' ? 'maybe' : 'no';
  const object = callee.childForFieldName('object');
  const inner = object && stripCasts(object);
  if (inner?.type === 'this') return 'maybe';
  const module = inner?.type === 'identifier' ? names.binding(inner) : undefined;
  if (module && isOfWorkspace(module)) return 'maybe';
  // `tf.layers.dense({…}).apply(x)`, `new Layer().apply(x)`.
  const method = callee.childForFieldName('property')?.text;
  if (method === 'apply' || method === 'predict')
    return inner?.type === 'identifier' && !names.binding(inner) ? 'no' : 'maybe';
  const of = go(inner);
  return of === 'yes' && method !== undefined && isTensorMethod(method) ? 'yes' : weaken(of);
}

/** Whether a name stands for a module of the workspace: `import * as utils from './utils'`, `require('./utils')`. */
function isOfWorkspace({ kind, module, path, value }: TypeScriptBinding): boolean {
  if (kind === 'import') return /^[./@~#]/.test(module ?? '');
  return path.length === 0 && value !== undefined && /^require\(\s*['"`][.~#]/.test(value.text.slice(0, 40));
}

function likelihoodOfBinding(
  binding: TypeScriptBinding,
  names: TypeScriptNames,
  go: Judge,
  typeOf: (type: Node) => Likelihood,
): Likelihood {
  if (binding.kind !== 'variable' && binding.kind !== 'parameter') return 'no';
  const type = binding.path.length === 0 ? firstChild(binding.holder.childForFieldName('type')) : undefined;
  if (type) return typeOf(type);
  if (binding.kind === 'parameter') return others.test(binding.leaf.text) ? 'no' : 'maybe';
  const values = [
    ...(binding.value ? [binding.value] : []),
    ...(binding.constant ? [] : names.assignedValues(binding)),
  ];
  if (binding.path.length > 0) return values.some((value) => weaken(go(value)) === 'no') ? 'no' : 'maybe';
  const found = values.filter((value) => !/^(null|undefined)$/.test(value.type)).map(go);
  if (found.includes('no')) return 'no';
  return found.length > 0 && found.every((each) => each === 'yes') ? 'yes' : 'maybe';
}

/** What a type annotation says: the likeliest of its parts. */
function likelihoodOfType(type: Node, names: TypeScriptNames): Likelihood {
  let found: Likelihood = 'no';
  const open = [type];
  for (let part = open.pop(); part; part = open.pop()) {
    if (/^(union|intersection|parenthesized|readonly)_type$/.test(part.type))
      for (const each of children(part)) open.push(each);
    else if (part.type === 'generic_type') open.push(...children(part).slice(0, 1));
    else {
      const one = likelihoodOfSingleType(part, names);
      if (one === 'yes') return one;
      if (one === 'maybe') found = one;
    }
  }
  return found;
}

function likelihoodOfSingleType(type: Node, names: TypeScriptNames): Likelihood {
  switch (type.type) {
    case 'predefined_type':
      return /^(any|unknown)$/.test(type.text) ? 'maybe' : 'no';
    case 'nested_type_identifier':
    case 'type_identifier': {
      if (names.isTensorFlowType(type)) return /(Tensor|Variable|Scalar)[^.<]*$|Rank/.test(type.text) ? 'yes' : 'no';
      if (type.type === 'nested_type_identifier') return 'no';
      // A type parameter (`T extends tf.Tensor`) is bound nowhere else.
      return !names.binding(type) && /^[A-Z]$|Tensor/.test(type.text) ? 'maybe' : 'no';
    }
    default:
      return 'no';
  }
}
