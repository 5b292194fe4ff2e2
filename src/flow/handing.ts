/** Calls of what is out of sight, to which a model is handed. */
import { layerOperation } from './libraries';
import type { FlowRun } from './run';
import { libraryBases } from './scopes';
import { type FlowArgument, type FlowPlace, type FlowValue, possibilities, unknown } from './values';

/** A module whose class is known, losses aside. */
function isModel(value: FlowValue): boolean {
  return possibilities(value).every((each) => {
    if (each.kind === 'sequence') return each.form === 'sequential';
    if (each.kind === 'layer') return !isLoss(each);
    return each.kind === 'instance' && !each.isAny && libraryBases(each.cls).some((name) => name.endsWith('.Module'));
  });
}

export function isLoss(value: FlowValue): boolean {
  return (
    (value.kind === 'layer' && /^torch\.nn\.\w+Loss$/.test(value.type)) ||
    (value.kind === 'library' && /^torch\.nn\.functional\.\w*(?:_loss|cross_entropy\w*|kl_div)$/.test(value.name))
  );
}

function calleeOf({ expression }: FlowPlace): string {
  const callee = expression?.kind === 'call' ? expression.callee : undefined;
  return callee?.kind === 'name' || callee?.kind === 'attribute' ? callee.name : '';
}

/** `model, optimizer = accelerator.prepare(model, optimizer)`: what goes in comes back, wrapped. */
export function returnPrepared(args: readonly FlowArgument[], at: FlowPlace): readonly FlowValue[] | undefined {
  const isPreparing = /^(?:prepare|prepare_model|setup|setup_module|initialize)$/.test(calleeOf(at));
  const isKnown = args.some(({ value }) => isModel(value)) && !args.some(({ isSpread }) => isSpread);
  return isPreparing && isKnown ? args.filter(({ name }) => name === undefined).map(({ value }) => value) : undefined;
}

/**
 * `train(model, criterion, …)` of a function that is out of sight: it computes the one loss of the one model that it
 * gets. What else it does with the model's output in between is not known.
 */
export function handOver(run: FlowRun, args: readonly FlowArgument[], at: FlowPlace): void {
  if (!/train|fit|learn|epoch|eval|valid|test/i.test(calleeOf(at))) return;
  const models = args.filter(({ value }) => isModel(value));
  const losses = args.filter(({ value }) => isLoss(value));
  const [model, loss] = [models[0], losses[0]?.value];
  if (!model || !loss || models.length > 1 || losses.length > 1) return;
  const output = run.call(model.value, [{ value: unknown, at, name: undefined, isSpread: false }], at);
  const [isLayer, name] = loss.kind === 'layer' ? [true, loss.type] : [false, loss.kind === 'library' ? loss.name : ''];
  const short = name.slice(name.lastIndexOf('.') + 1);
  run.record({
    op: isLayer ? layerOperation(short) : short,
    inputs: [output],
    args: [{ value: output, at: model.at, name: undefined, isSpread: false }],
    layer: loss.kind === 'layer' ? loss : undefined,
    form: 'handed',
    at: loss.kind === 'layer' ? loss.at : at,
    isMaybe: false,
    isAssumed: loss.kind === 'layer' || loss.kind === 'library' ? loss.isAssumed : false,
  });
}
