import { catalogue } from '../../../activations/catalogue';
import { argumentOf } from '../../../flow/queries';
import type { FlowResult, FlowValue } from '../../../flow/values';
import { Findings, numberAt } from '../../parts';
import { rangeAt } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'ONNX has {1} as an operator from opset {2} on; with opset {0} it is exported as several operators, which compute the same.',
    hint: '{1} is one operator from opset {2} on',
    related: 'The {1}',
  },
  'zh-cn': {
    message: 'ONNX 从 opset {2} 起才有 {1} 算子；用 opset {0} 导出时会拆成多个算子，结果相同。',
    hint: '{1} 从 opset {2} 起是单个算子',
    related: '该 {1}',
  },
};

/** An export to an opset that has no operator for an activation of the model. */
export const exportOpset: Rule = {
  code: 'export-opset',
  severity: 'information',
  about: {
    en: "An ONNX export to an opset that lacks an operator for one of the model's activations.",
    'zh-cn': 'ONNX 导出所用的 opset 缺少模型中某个激活的算子。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const call of operationsOf(context.flow, (op) => op === 'torch.onnx.export')) {
      yield;
      const opset = argumentOf(call.args, 99, 'opset_version');
      const version = opset && numberAt(call.args, 99, 'opset_version');
      const model = argumentOf(call.args, 0, 'model')?.value;
      if (!opset || version === undefined || !model) continue;
      const late = activationsOf(model, context).find((each) => (opsetOf(each) ?? 0) > version);
      if (!late) continue;
      findings.add(opset.at, () => ({
        values: [version, catalogue.get(late.op)?.title ?? late.op, opsetOf(late) ?? 0],
        related: [{ at: rangeAt(late.layer?.at ?? late.at), message: 'related' }],
      }));
    }
    return findings.list;
  },
};

/** SiLU aside: everybody exports it as a sigmoid and a product, and every runtime knows that pair. */
function opsetOf({ op }: FlowResult): number | undefined {
  return op === 'silu' ? undefined : catalogue.get(op)?.spellings.onnx?.since;
}

/** The activations that a model of the file surely runs. */
function activationsOf(model: FlowValue, { flow }: RuleContext): readonly FlowResult[] {
  if (model.kind !== 'instance' && model.kind !== 'sequence') return [];
  return operationsOf(flow, (op) => catalogue.has(op)).filter(({ trail, layer, isMaybe }) => {
    if (isMaybe) return false;
    if (model.kind === 'instance') return trail.some(({ receiver }) => receiver?.cls.id === model.cls.id);
    return layer !== undefined && flow.store.contents(model.id).items.includes(layer);
  });
}
