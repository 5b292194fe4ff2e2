/** Operations on tensors: functions of `tf` and methods. */
import { tfjsTable } from '../../detect/typescript/tfjsTable';
import type { Code } from './code';
import type { ScriptRun } from './run';
import { numberOf, type ScriptArgument, type ScriptValue, unknown } from './values';

/** Methods of a tensor that give none. */
const reading = /^(data|dataSync|array|arraySync|buffer|bufferSync|bytes|print|dispose|toString|dataToGPU)$/;

/** `x.softmax()` */
export function callTensor(
  run: ScriptRun,
  receiver: ScriptValue,
  name: string,
  args: readonly ScriptArgument[],
  at: Code,
): ScriptValue {
  if (reading.test(name)) {
    run.use(receiver);
    return unknown;
  }
  const isTensor = receiver.kind === 'result' || receiver.kind === 'choice';
  if (!isTensor && !isActivation(name, args)) return unknown;
  return operate(run, name, [receiver, ...args.map(({ value }) => value)], 'method', at);
}

/** Whether a method is an activation's of a tensor, and no other object's by its name or arguments. */
function isActivation(name: string, args: readonly ScriptArgument[]): boolean {
  const spelling = tfjsTable().names.get(`tf.${name}`);
  if (spelling?.kind !== 'op' || spelling.isUsual) return false;
  return args.length === 0 || (args.length === 1 && numberOf(args[0]?.value) !== undefined);
}

/** What an operation gives; an activation is called by its id. */
export function operate(
  run: ScriptRun,
  name: string,
  values: readonly ScriptValue[],
  form: 'function' | 'method',
  at: Code,
): ScriptValue {
  const spelling = tfjsTable().names.get(`tf.${name}`);
  const [first = unknown, second] = values;
  if (spelling?.kind === 'op')
    return run.record({
      op: spelling.activation.id,
      inputs: [first],
      form,
      at,
      layer: undefined,
      ...(second && { second }),
    });
  const inputs = values.flatMap((each) => (each.kind === 'array' ? run.memory.contents(each.id).items : [each]));
  return run.record({ op: name, inputs, form, at, layer: undefined });
}
