/** What functions of TensorFlow.js give. */
import type { Code } from './code';
import { buildLayer } from './layers';
import { buildFunctional, buildSequential, lossNamed, shapeOf } from './models';
import type { ScriptRun } from './run';
import { operate } from './tensors';
import { type ScriptArgument, type ScriptValue, unknown } from './values';

export function callLibrary(run: ScriptRun, name: string, args: readonly ScriptArgument[], at: Code): ScriptValue {
  const layer = /^tf\.layers\.([a-z]\w*)$/.exec(name)?.[1];
  if (name === 'tf.input' || layer === 'input' || layer === 'inputLayer') return makeInput(run, args, at);
  if (layer) return buildLayer(run, layer, args, at);
  const loss = /^tf\.(?:losses|metrics)\.(\w+)$/.exec(name)?.[1];
  if (loss) return computeLoss(run, lossNamed(loss), args, at);
  switch (name) {
    case 'tf.sequential':
    case 'tf.Sequential':
      return buildSequential(run, args, at);
    case 'tf.model':
    case 'tf.Model':
    case 'tf.LayersModel':
      return buildFunctional(run, args);
    case 'tf.tidy':
    case 'tf.keep':
    case 'tf.profile':
      return callBack(run, args);
    case 'tf.grad':
    case 'tf.grads':
    case 'tf.valueAndGrad':
    case 'tf.valueAndGrads':
    case 'tf.variableGrads':
    case 'tf.customGrad':
      callBack(run, args);
      return unknown;
  }
  if (
    !/^tf\.[a-z]\w*$/.test(name) ||
    /^tf\.(load|io|tensor|scalar|ready|set|get|env|next|dispose|train|data)/.test(name)
  )
    return unknown;
  return operate(
    run,
    name.slice('tf.'.length),
    args.map(({ value }) => value),
    'function',
    at,
  );
}

/** `tf.tidy(() => …)`, `tf.tidy('name', () => …)`: what the function gives. */
function callBack(run: ScriptRun, args: readonly ScriptArgument[]): ScriptValue {
  const last = args.find(({ value }) => value.kind === 'function')?.value;
  return last?.kind === 'function' ? run.inline(last, undefined) : (args[0]?.value ?? unknown);
}

function makeInput(run: ScriptRun, args: readonly ScriptArgument[], at: Code): ScriptValue {
  const config = args[0]?.value;
  const settings = config?.kind === 'object' ? run.memory.contents(config.id).properties : undefined;
  const shape =
    shapeOf(run, settings?.get('shape')?.value ?? settings?.get('inputShape')?.value) ??
    shapeOf(run, settings?.get('batchShape')?.value)?.slice(1);
  return run.record({ op: 'input', inputs: [], form: 'function', at, layer: undefined, ...(shape && { shape }) });
}

/** A loss of the target and of what is predicted. */
function computeLoss(run: ScriptRun, loss: string, args: readonly ScriptArgument[], at: Code): ScriptValue {
  const [target, predicted] = args;
  if (predicted) run.noteLoss({ losses: [loss], form: 'call', at: at.field('function') ?? at, of: predicted.value });
  const inputs = [target?.value ?? unknown, predicted?.value ?? unknown];
  return run.record({ op: loss, inputs, form: 'function', at, layer: undefined });
}
