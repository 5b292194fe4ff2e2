import type { FlowResult, FlowValue } from '../../../flow/values';
import { itemOr } from '../../../graph/access';
import { layersIn } from '../../modules';
import { Findings, isActivation } from '../../parts';
import { rangeAt } from '../../report';
import { operationsOf, runsBuiltAt } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { isInPlace } from './inplace-reuse';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'A full backward hook hands out views, and an in-place activation writes over one (line {0}): PyTorch raises a RuntimeError. Set inplace=False in the hooked model.',
    hint: 'full backward hook with an in-place activation',
    related: 'The activation that works in place',
  },
  'zh-cn': {
    message:
      '完整反向钩子给出的是视图，而原地激活（第 {0} 行）会覆盖它：PyTorch 会抛出 RuntimeError。请在挂钩的模型中设 inplace=False。',
    hint: '完整反向钩子与原地激活冲突',
    related: '原地运算的激活',
  },
};

/** `register_full_backward_hook` on a module whose input or output is overwritten. */
export const inplaceBackwardHook: Rule = {
  code: 'inplace-backward-hook',
  severity: 'warning',
  about: {
    en: 'A full backward hook on a module whose output an in-place activation overwrites.',
    'zh-cn': '在输出会被原地激活覆盖的模块上注册完整反向钩子。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const result of operationsOf(context.flow, (op) => /^\.?register_full_backward_hook$/.test(op))) {
      yield;
      if (result.form !== 'method') continue;
      const [hooked] = result.inputs;
      const found = hooked && overwriterOf(hooked, result, context);
      if (found)
        findings.add(result.at, () => ({
          values: [context.lineOf(rangeAt(found.at))],
          related: [{ at: rangeAt(found.at), message: 'related' }],
        }));
    }
    return findings.list;
  },
};

/** The run in place that writes over what the hooked module takes or gives. */
function overwriterOf(hooked: FlowValue, call: FlowResult, context: RuleContext): FlowResult | undefined {
  const { flow } = context;
  const modules = hooked.kind === 'layer' ? [hooked] : hooked.kind === 'unknown' ? modulesAround(call, context) : [];
  for (const layer of modules) {
    for (const run of runsBuiltAt(flow, layer)) if (isActivation(run) && isInPlace(run)) return run;
    for (const run of flow.results) {
      const [input] = run.inputs;
      if (isActivation(run) && isInPlace(run) && input?.kind === 'result' && input.layer?.at.span === layer.at.span)
        return run;
    }
  }
  return undefined;
}

/** `for m in model.modules(): m.register_full_backward_hook(…)`: all of the model's layers. */
function modulesAround(call: FlowResult, context: RuleContext) {
  const callee = call.at.expression?.kind === 'call' ? call.at.expression.callee : undefined;
  const name = callee?.kind === 'attribute' && callee.object.kind === 'name' ? callee.object.name : undefined;
  if (name === undefined) return [];
  const { flow, texts } = context;
  const lines = texts.linesOf(call.at.file);
  const loop = new RegExp(`^\\s*for\\s+(?:\\w+\\s*,\\s*)?${name}\\s+in\\s+.*\\.(?:named_)?modules\\(\\)`);
  let line = call.at.span.line;
  while (line >= 0 && !loop.test(itemOr(lines, line, ''))) line--;
  const list = flow.results.filter(({ op, at }) => /^\.(named_)?modules$/.test(op) && at.span.line === line);
  const between = lines.slice(line + 1, call.at.span.line).join('\n');
  if (/isinstance|if\s/.test(between) && !/isinstance\([^)]*(ReLU|ELU|SiLU)/.test(between)) return [];
  return list.flatMap(({ inputs: [module] }) => (module ? layersIn(module, context).map(({ layer }) => layer) : []));
}
