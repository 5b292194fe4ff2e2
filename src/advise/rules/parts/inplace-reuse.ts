import { catalogue } from '../../../activations/catalogue';
import type { FlowPlace, FlowResult, FlowValue } from '../../../flow/values';
import { itemOr } from '../../../graph/access';
import { parentOf } from '../../../syntax/ancestors';
import type { Fix } from '../../advice';
import {
  areExclusive,
  calledName,
  constantAt,
  Findings,
  isActivation,
  isSometimesBefore,
  nodeOf,
  parameterOf,
  textAt,
} from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { operationsOf, orderOf, runsOf, takersOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

export const messages: Messages<'message' | 'saved' | 'hint' | 'savedHint' | 'reader' | 'saver' | 'fix'> = {
  en: {
    message:
      'This {0} overwrites its input, which is read again afterwards (line {1}): there it is no longer what it was, but the output of the {0}.',
    saved:
      'This {0} overwrites what the {1} on line {2} needs for its gradient: backward() raises a RuntimeError ("modified by an inplace operation").',
    hint: 'overwrites a value that is read later',
    savedHint: 'overwrites what backward needs',
    reader: 'The read of what is overwritten by then',
    saver: 'The operation that keeps this value for its gradient',
    fix: 'Do not work in place',
  },
  'zh-cn': {
    message: '该 {0} 会覆盖其输入，而该输入之后（第 {1} 行）还要被读取：届时它已不是原来的值，而是 {0} 的输出。',
    saved:
      '该 {0} 覆盖了第 {2} 行的 {1} 求梯度所需的值：backward() 会抛出 RuntimeError（“modified by an inplace operation”）。',
    hint: '覆盖了之后还要读取的值',
    savedHint: '覆盖了反向传播所需的值',
    reader: '读取已被覆盖的值',
    saver: '为求梯度保留该值的运算',
    fix: '不使用原地运算',
  },
};

/** In-place activations whose input is needed as it was. */
export const inplaceReuse: Rule = {
  code: 'inplace-reuse',
  severity: 'error',
  about: {
    en: 'An in-place activation on a tensor that is read again afterwards, or that the gradient of an earlier operation needs.',
    'zh-cn': '对之后还要读取、或之前的运算求梯度所需的张量使用原地激活。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const { flow } = context;
    for (const result of operationsOf(flow, (op) => isActivation({ op }))) {
      yield;
      if (result.isMaybe || !isInPlace(result)) continue;
      const [input] = result.inputs;
      if (!input || (input.kind !== 'result' && input.kind !== 'parameter')) continue;
      const place = placeOf(result);
      const reader = readerBehind(input, result, context);
      const fixes = () => fixesOf(result, place, context);
      if (reader) {
        const values = [titleOf(result), context.lineOf(rangeAt(reader.at))];
        const related = reader.at.file === place.file ? [{ at: rangeAt(reader.at), message: 'reader' as const }] : [];
        findings.add(place, () => ({ values, related, fixes: fixes() }));
        continue;
      }
      const saver = saverBefore(input, result, context);
      if (!saver || isWithoutGradient(result, context)) continue;
      const values = [titleOf(result), titleOf(saver), context.lineOf(rangeAt(saver.at))];
      const related = [{ at: rangeAt(saver.at), message: 'saver' as const }];
      findings.add(place, () => ({ message: 'saved', hint: 'savedHint', values, related, fixes: fixes() }));
    }
    return findings.list;
  },
};

/** The activation where it is called, and not where a file far away builds it. */
const placeOf = ({ at }: FlowResult): FlowPlace => at;

const titleOf = ({ op, layer }: FlowResult): string =>
  catalogue.get(op)?.title ?? (layer ? layer.type.slice(layer.type.lastIndexOf('.') + 1) : op);

/** Whether it writes its result over its input. */
export function isInPlace(result: FlowResult): boolean {
  if (result.layer) return parameterOf(result, 'inplace') === true;
  if (/[a-z]_$/.test(calledName(result))) return true;
  return (
    result.form === 'function' &&
    (parameterOf(result, 'inplace') === true || constantAt(result.args, 9, 'inplace') === true)
  );
}

/** Operations that show a tensor's own memory otherwise. */
const views = /^\.?(view|squeeze|unsqueeze|permute|transpose|t|T|mT|swapaxes|detach|data|view_as|unflatten|identity)$/;

/** The tensor whose memory a value is. */
function memoryOf(value: FlowValue): FlowValue {
  let at = value;
  for (let steps = 0; steps < 32 && at.kind === 'result' && views.test(at.op); steps++) at = itemOr(at.inputs, 0, at);
  return at;
}

/** Every result that takes a value's memory, the activation's own output left out. */
function takersOfMemory(value: FlowValue, { flow }: RuleContext): readonly FlowResult[] {
  const found: FlowResult[] = [];
  const open = [memoryOf(value)];
  for (let at = open.pop(); at && found.length < 200; at = open.pop()) {
    for (const taker of takersOf(flow, at)) {
      found.push(taker);
      if (views.test(taker.op) && taker.inputs[0] === at) open.push(taker);
    }
  }
  return found;
}

/** Operations that compute with the numbers that go in. */
const computing =
  /^([-+*/@]|\*\*|add|sub|mul|div|matmul|mm|bmm|cat|concat|concatenate|stack|hstack|vstack|where|lerp|addcmul|einsum|mse_loss|l1_loss|smooth_l1_loss|cross_entropy|kl_div|interpolate|pad|cosine_similarity)$/;

/** What reads the input behind the activation, and so the activation's output. */
function readerBehind(input: FlowValue, result: FlowResult, context: RuleContext): FlowResult | undefined {
  const { flow } = context;
  const order = orderOf(flow, result);
  return takersOfMemory(input, context).find((taker) => {
    if (taker === result || orderOf(flow, taker) <= order || taker.isMaybe) return false;
    if (!computing.test(taker.op) && taker.form !== 'layer') return false;
    // The same activation once more changes nothing.
    if (taker.op === result.op || isSometimesBefore(result, taker) || areExclusive(result, taker)) return false;
    // `x += y` writes over x itself: what is read is known to be changed by then.
    return !isOtherTurn(result, taker);
  });
}

/** The same code in the next turn of a loop. */
const isOtherTurn = (result: FlowResult, taker: FlowResult) => result.at.span === taker.at.span;

/** Operations whose gradient needs what they gave, besides activations. */
const keepsOutput = /^(exp|sqrt|rsqrt|reciprocal|expm1|tan|sigmoid|tanh)$/;
/** Operations with weights, whose gradient needs what went in. */
const keepsInput = /^(linear|conv|conv_transpose|batch_norm|bilinear)$/;

/** What has kept the value for its gradient before it is overwritten. */
function saverBefore(input: FlowValue, result: FlowResult, context: RuleContext): FlowResult | undefined {
  const { flow } = context;
  const memory = memoryOf(input);
  if (memory.kind === 'result' && !memory.isMaybe && savesOutput(memory)) return memory;
  const order = orderOf(flow, result);
  return takersOfMemory(input, context).find((taker) => {
    if (taker === result || orderOf(flow, taker) >= order || taker.isMaybe) return false;
    if (isSometimesBefore(taker, result) || areExclusive(taker, result)) return false;
    if (memoryOf(itemOr(taker.inputs, 0, taker)) !== memory) return false;
    if (taker.form === 'layer' && keepsInput.test(taker.op)) return true;
    // What is handed in may need no gradient.
    return memory.kind === 'result' && memory.form === 'layer' && savesInput(taker);
  });
}

/** In place they go by what they gave: their input is gone. */
const keepsOutputInPlace = /^(leaky_relu|elu|celu|selu|rrelu)$/;

function savesOutput(result: FlowResult): boolean {
  if (keepsOutput.test(result.op) || catalogue.get(result.op)?.saves === 'output') return true;
  return keepsOutputInPlace.test(result.op) && isInPlace(result);
}

function savesInput({ op }: FlowResult): boolean {
  return op === 'max_pool' || catalogue.get(op)?.saves === 'input';
}

/** Whether no gradient is asked for: `with torch.no_grad():`, a decorator. */
function isWithoutGradient({ at, trail }: FlowResult, context: RuleContext): boolean {
  if (trail.some(({ decorators }) => decorators.some((each) => /no_grad|inference_mode/.test(each)))) return true;
  for (let node = nodeOf(context, at) ?? null; node; node = parentOf(node))
    if (node.type === 'with_statement' && /no_grad|inference_mode/.test(itemOr(node.text.split('\n'), 0, '')))
      return true;
  return false;
}

/** `inplace=True` goes, `relu_` becomes `relu`. */
function fixesOf(result: FlowResult, place: FlowPlace, context: RuleContext): readonly Fix[] {
  const title = wordsOf(messages, context.language, 'fix');
  const layer = result.layer;
  if (layer) {
    if (layer.at.file !== place.file || runsOf(context.flow, layer).length === 0) return [];
    const edits = dropInPlace(textAt(context, layer.at));
    return edits === undefined ? [] : [{ title, preferred: true, edits: [{ range: rangeAt(layer.at), text: edits }] }];
  }
  const text = textAt(context, result.at);
  const callee = result.at.expression?.kind === 'call' ? result.at.expression.callee : undefined;
  if (!callee) return [];
  const called = textAt(context, { file: result.at.file, span: callee.span });
  const rest = text.slice(called.length);
  if (called.endsWith('_'))
    return [
      {
        title,
        preferred: true,
        edits: [{ range: rangeAt({ file: result.at.file, span: callee.span }), text: called.slice(0, -1) }],
      },
    ];
  const plain = dropInPlace(rest);
  return plain === undefined
    ? []
    : [{ title, preferred: true, edits: [{ range: rangeAt(result.at), text: called + plain }] }];
}

function dropInPlace(text: string): string | undefined {
  const found = /,\s*inplace\s*=\s*True|inplace\s*=\s*True\s*,?\s*/.exec(text);
  if (found) return text.slice(0, found.index) + text.slice(found.index + found[0].length);
  // `nn.ReLU(True)`
  return /^[\w.]+\(\s*True\s*\)$/.test(text) ? text.replace(/\(\s*True\s*\)$/, '()') : undefined;
}
