/** Tensor methods: `x.relu()`, where the receiver may be a tensor. */
import { parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, rangeOf, stripParentheses } from '../range';
import type { ActivationSite } from '../site';
import { pytorchSpellings } from '../spellings';
import { readArguments } from './arguments';
import type { Names } from './names';
import type { FoundSite } from './part';
import { isOtherObject } from './receivers';

/** Libraries whose functions give PyTorch's tensors: `rearrange(x, …).softmax(-1)`. */
const ofTensors = /^(torch|(torch\w+|einops|opt_einsum|kornia|xformers|flash_attn|timm|mmcv|mmengine)(\.[a-z]\w*)*$)/;

const bases = new PerNode<Node>();

/** What a chain of attributes, calls and subscripts begins with; each chain is gone through once a tree. */
function baseOf(receiver: Node): Node {
  const passed: Node[] = [];
  let base = receiver;
  while (base.type === 'attribute' || base.type === 'call' || base.type === 'subscript') {
    passed.push(base);
    const end = bases.get(base);
    const inner: Node | null =
      end ?? base.childForFieldName('object') ?? base.childForFieldName('function') ?? base.childForFieldName('value');
    if (inner) base = inner;
    if (end || !inner) break;
  }
  for (const each of passed) bases.set(each, base);
  return base;
}

/** `x.relu()`: only where the receiver is no module and the arguments are those of a tensor's method. */
export function methodSite(attribute: Node, names: Names, file: string): FoundSite | undefined {
  const activation = pytorchSpellings().methods.get(attribute.childForFieldName('attribute')?.text ?? '');
  const call = parentOf(attribute);
  const receiver = attribute.childForFieldName('object');
  if (!activation || call?.type !== 'call' || call.childForFieldName('function')?.id !== attribute.id || !receiver)
    return undefined;
  const base = baseOf(receiver);
  const imported = base.type === 'identifier' ? names.qualifiedName(base) : undefined;
  if (
    (imported && !(receiver.type === 'call' && ofTensors.test(imported))) ||
    /^(self|cls|super\(\))$/.test(receiver.text)
  )
    return undefined;
  if (isOtherObject(receiver, attribute.childForFieldName('attribute')?.text ?? '', names)) return undefined;
  const list = call.childForFieldName('arguments');
  const parameters = readArguments(list, activation, 'function', 0, names);
  // Only numbers, dimensions and keywords: a method that takes a tensor is somebody's own.
  const isPlain = ({ type, text }: Node) =>
    /^(keyword_argument|dictionary_splat|integer|float|unary_operator)$/.test(type) ||
    /(^|[_.])(dim|axis)$/.test(text.slice(-8));
  if (!children(list).every(isPlain)) return undefined;
  const site: ActivationSite = {
    activation: activation.id,
    form: 'method',
    framework: 'pytorch',
    range: rangeOf(attribute.childForFieldName('attribute') ?? attribute, file),
    expression: rangeOf(call, file),
    parameters,
    text: attribute.childForFieldName('attribute')?.text ?? '',
  };
  return { site, applied: call, input: stripParentheses(receiver) };
}
