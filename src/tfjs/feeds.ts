/** How the tensors that a function takes could be made: by what the code says of their shapes. */
import type { SourceRange } from '../graph/types';
import { type CodePart, fieldOf, nodesIn, partsOf } from './nodes';
import { type FileText, isClosed, rangeIn, textIn } from './parameters';
import { unwrap } from './places';
import { boundNames } from './scopes';
import type { TfNames } from './tfNames';
import { givenParameters } from './units';

/** What a file says of the shape of a tensor parameter. */
export interface TensorFeed {
  readonly parameter: string;
  /**
   * - `shape`: an expression for the tensor's own shape
   * - `filter`: one for the shape of the weights of `op`, which it meets first
   * - `rank`: its number of dimensions
   */
  readonly kind: 'shape' | 'filter' | 'rank';
  readonly op: string | undefined;
  /** An expression among the file's names, `[-1, 28, 28, 1]`, `this.w.shape`; a number for a rank. */
  readonly text: string;
  readonly range: SourceRange;
}

/** Ops with weights, and the place of their shape's argument. */
export const weighted =
  /^(?:matMul|dot|conv1d|conv2d|conv3d|conv2dTranspose|depthwiseConv2d|separableConv2d|batchNorm(?:[234]d)?|batchNormalization)$/;
const creating = /^tf\.(?:zeros|ones|randomNormal|randomUniform|truncatedNormal|fill|randomStandardNormal)$/;
const filling = /^tf\.tensor(?:[1-6]d)?$/;
const reshaping = /^(?:reshape|as[1-5]D)$/;
const rankOfType = /\bTensor([1-6])D\b/;

/** What is said of the shapes of a function's parameters. */
export function feedsOf(own: CodePart, file: FileText, names: TfNames): TensorFeed[] {
  const feeds: TensorFeed[] = [];
  const parameters = new Set(
    givenParameters(own)
      .flatMap(boundNames)
      .map((each) => textIn(file, each)),
  );
  for (const each of givenParameters(own)) {
    const type = fieldOf(each, 'type');
    const rank = type && rankOfType.exec(textIn(file, type))?.[1];
    const [name] = boundNames(each);
    if (!type || rank === undefined || !name) continue;
    feeds.push({ parameter: textIn(file, name), kind: 'rank', op: undefined, text: rank, range: rangeIn(file, type) });
  }
  for (const call of nodesIn(fieldOf(own, 'body') ?? own)) {
    if (call.type !== 'call_expression') continue;
    const op = opOf(call, file, names);
    const subject = op?.input.type === 'identifier' ? textIn(file, op.input) : '';
    if (!op || !parameters.has(subject)) continue;
    const [first] = op.rest;
    if (!first) continue;
    if (reshaping.test(op.name)) {
      const isList = op.name === 'reshape';
      const text = isList ? textIn(file, first) : `[${op.rest.map((each) => textIn(file, each)).join(', ')}]`;
      feeds.push({ parameter: subject, kind: 'shape', op: op.name, text, range: rangeIn(file, first) });
    } else if (weighted.test(op.name)) {
      const shape = shapeOf(first, file, names);
      const weight = shape ?? heldWeight(first, file);
      const text = weight && (shape ? textIn(file, shape) : `${textIn(file, weight)}.shape`);
      if (weight && text !== undefined)
        feeds.push({ parameter: subject, kind: 'filter', op: op.name, text, range: rangeIn(file, weight) });
    }
  }
  return feeds;
}

/** A variable of the file's own level, or a field of the object around: what it is can be asked when it was made. */
function heldWeight(part: CodePart, file: FileText): CodePart | undefined {
  const at = unwrap(part);
  let root: CodePart | undefined = at;
  while (root && /^(member|subscript)_expression$/.test(root.type)) root = fieldOf(root, 'object');
  if (root?.type === 'this') return at;
  return root?.type === 'identifier' && isClosed(at, file) ? at : undefined;
}

interface TensorOp {
  readonly name: string;
  readonly input: CodePart;
  /** Its arguments without the tensor. */
  readonly rest: readonly CodePart[];
}

/** An op of TF.js's: `tf.relu(x)`, or `x.relu()` of what may be a tensor. */
export function opOf(call: CodePart, file: FileText, names: TfNames): TensorOp | undefined {
  const callee = fieldOf(call, 'function');
  if (!callee) return undefined;
  const list = partsOf(fieldOf(call, 'arguments'));
  const qualified = names.of(callee);
  if (qualified !== undefined) {
    const [input, ...rest] = list;
    return input && { name: qualified.replace(/^tf\.(?:fused\.|image\.)?/, ''), input: unwrap(input), rest };
  }
  const object = fieldOf(callee, 'object');
  const property = fieldOf(callee, 'property');
  if (callee.type !== 'member_expression' || !object || !property) return undefined;
  return { name: textIn(file, property), input: unwrap(object), rest: list };
}

/** The expression that says the shape of a tensor's value. */
export function shapeOf(part: CodePart, file: FileText, names: TfNames, depth = 0): CodePart | undefined {
  const at = unwrap(part);
  if (depth > 6) return undefined;
  const deeper = (next: CodePart | undefined) => next && shapeOf(next, file, names, depth + 1);
  if (at.type === 'identifier') {
    const leaf = file.scopes.declaring(at, textIn(file, at));
    return leaf?.parent?.type === 'variable_declarator' ? deeper(fieldOf(leaf.parent, 'value')) : undefined;
  }
  if (at.type === 'member_expression') return deeper(memberValue(at, file));
  if (at.type !== 'call_expression') return undefined;
  const name = names.of(fieldOf(at, 'function')) ?? '';
  const list = partsOf(fieldOf(at, 'arguments'));
  if (creating.test(name)) return list[0];
  if (filling.test(name)) return list[1];
  if (/^tf\.(?:variable|tidy|keep)$/.test(name)) return deeper(list[0] && body(list[0]));
  const op = opOf(at, file, names);
  if (!op) return undefined;
  return op.name === 'reshape'
    ? op.rest[0]
    : /^(?:toFloat|div|sub|mul|clone|cast)$/.test(op.name)
      ? deeper(op.input)
      : undefined;
}

/** What an arrow function without statements gives. */
function body(part: CodePart): CodePart {
  const inner = unwrap(part);
  const value = inner.type === 'arrow_function' ? fieldOf(inner, 'body') : undefined;
  return value && value.type !== 'statement_block' ? value : inner;
}

/** What a property of a constant object, or a field of the class around, is set to. */
function memberValue(access: CodePart, file: FileText): CodePart | undefined {
  const object = fieldOf(access, 'object');
  const property = fieldOf(access, 'property');
  const name = property ? textIn(file, property) : '';
  if (object?.type === 'this') {
    let body: CodePart | undefined = access;
    while (body && body.type !== 'class_body') body = body.parent;
    for (const each of body ? nodesIn(body) : []) {
      const key = fieldOf(each, each.type === 'public_field_definition' ? 'name' : 'left');
      if (!key || !/^(public_field_definition|assignment_expression)$/.test(each.type)) continue;
      if (textIn(file, key).replace(/^this\./, '') === name) return fieldOf(each, 'value') ?? fieldOf(each, 'right');
    }
    return undefined;
  }
  const leaf = object?.type === 'identifier' ? file.scopes.declaring(object, textIn(file, object)) : undefined;
  const value = leaf?.parent && fieldOf(leaf.parent, 'value');
  const pair = partsOf(value && unwrap(value)).find((each) => {
    const key = each.type === 'pair' ? fieldOf(each, 'key') : undefined;
    return key && textIn(file, key) === name;
  });
  return pair && fieldOf(pair, 'value');
}
