import { catalogue } from '../../../activations/catalogue';
import { layerOperation } from '../../../flow/libraries';
import { argumentOf, elementsOf } from '../../../flow/queries';
import type { FlowValue } from '../../../flow/values';
import { Findings, shortName } from '../../parts';
import { rangeAt } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'fuse_modules knows a convolution or linear layer with ReLU alone, and "{0}" is {1}: it raises an error. Leave "{0}" out of the list.',
    hint: '{1} cannot be fused',
    related: 'The activation',
  },
  'zh-cn': {
    message: 'fuse_modules 只能把卷积或线性层与 ReLU 融合，而 "{0}" 是 {1}：会抛出错误。请从列表中去掉 "{0}"。',
    hint: '{1} 无法融合',
    related: '该激活',
  },
};

/** Another activation than ReLU in a list for `fuse_modules`. */
export const fuseModules: Rule = {
  code: 'fuse-modules',
  severity: 'information',
  about: {
    en: '`fuse_modules` with an activation other than ReLU, which it cannot fuse.',
    'zh-cn': '`fuse_modules` 的列表中有 ReLU 以外的激活，无法融合。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const isFusing = (op: string) => /^torch\.(ao\.)?quantization\.fuse_modules(_qat)?$/.test(op);
    for (const call of operationsOf(context.flow, isFusing)) {
      yield;
      if (call.isMaybe) continue;
      const model = argumentOf(call.args, 0, 'model')?.value;
      const list = argumentOf(call.args, 1, 'modules_to_fuse');
      if (!model || !list || call.args.some(({ name }) => name === 'fuse_custom_config_dict')) continue;
      for (const name of namesIn(list.value, context)) {
        const layer = partOf(model, name, context);
        const op = layer?.kind === 'layer' ? layerOperation(shortName(layer.type)) : undefined;
        if (layer?.kind !== 'layer' || op === undefined || op === 'relu' || op === 'identity' || !catalogue.has(op))
          continue;
        findings.add(list.at, () => ({
          values: [name, shortName(layer.type)],
          related: [{ at: rangeAt(layer.at), message: 'related' }],
        }));
      }
    }
    return findings.list;
  },
};

/** The names in a list, or in a list of lists. */
function namesIn(value: FlowValue, { flow }: Pick<RuleContext, 'flow'>): readonly string[] {
  return (elementsOf(value, flow.store) ?? []).flatMap((each) => {
    if (each.kind === 'constant') return typeof each.value === 'string' ? [each.value] : [];
    return namesIn(each, { flow });
  });
}

/** What a model calls by a name with dots: `features.0`. */
function partOf(model: FlowValue, name: string, { flow }: RuleContext): FlowValue | undefined {
  let at: FlowValue | undefined = model;
  for (const word of name.split('.')) {
    if (at?.kind === 'instance') at = flow.store.read(`${at.id}.${word}`);
    else if (at?.kind === 'sequence') at = elementsOf(at, flow.store)?.[Number(word)];
    else return undefined;
  }
  return at;
}
