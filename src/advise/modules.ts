/** Whole modules of the user's: what they are built of, and the optimizers that are given their parameters. */
import { argumentOf, elementsOf } from '../flow/queries';
import { type FlowArgument, type FlowResult, type FlowValue, type LayerBuild, possibilities } from '../flow/values';
import { shortName } from './parts';
import { operationsOf } from './results';
import type { RuleContext } from './rule';

/** The layers that a module surely holds: those that its constructor and its parts' build, or that a list has. */
export function layersIn(value: FlowValue, { flow }: Pick<RuleContext, 'flow'>): readonly LayerBuild[] {
  const all = possibilities(value);
  if (all.length !== 1) return [];
  const [only] = all;
  if (only?.kind === 'layer') return flow.built.filter(({ layer }) => layer.id === only.id);
  if (only?.kind === 'instance')
    return flow.built.filter(({ trail }) => trail.some(({ receiver }) => receiver?.id === only.id));
  if (only?.kind !== 'sequence') return [];
  return (elementsOf(only, flow.store) ?? []).flatMap((each) => layersIn(each, { flow }));
}

/** An optimizer that is given all parameters of a module. */
export interface OptimizerCall {
  readonly call: FlowResult;
  readonly name: string;
  readonly module: FlowValue;
  readonly parameters: FlowArgument;
}

/** Optimizers of PyTorch that are made for `module.parameters()`. */
export function* optimizers({ flow }: RuleContext): Generator<OptimizerCall> {
  for (const call of operationsOf(flow, (op) => /^torch\.optim\.[A-Z]\w*$/.test(op))) {
    if (call.isMaybe) continue;
    const parameters = argumentOf(call.args, 0, 'params');
    const value = parameters?.value;
    if (!parameters || value?.kind !== 'result' || !/^\.(named_)?parameters$/.test(value.op)) continue;
    const [module] = value.inputs;
    if (module) yield { call, name: shortName(call.op), module, parameters };
  }
}
