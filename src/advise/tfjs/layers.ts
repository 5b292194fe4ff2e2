/** Layers: how they are built, and what they give when they run. */
import { tfjsTable } from '../../detect/typescript/tfjsTable';
import type { Code } from './code';
import type { ScriptProperty } from './memory';
import type { ScriptRun } from './run';
import {
  chooseOf,
  possibilities,
  type ScriptArgument,
  type ScriptValue,
  type TfjsLayer,
  type TfjsResult,
  textOf,
  unknown,
} from './values';

/** `tf.layers.dense({…})` */
export function buildLayer(run: ScriptRun, type: string, args: readonly ScriptArgument[], at: Code): TfjsLayer {
  const [config] = args;
  const object = config?.value.kind === 'object' ? config.value : undefined;
  const contents = object && run.memory.contents(object.id);
  const isNothing = config?.value.kind === 'constant';
  const layer: TfjsLayer = {
    kind: 'layer',
    type,
    settings: contents?.properties ?? new Map(),
    isOpen: contents ? contents.isOpen : config !== undefined && !isNothing,
    at,
    config: config?.at.type === 'object' ? config.at : undefined,
  };
  run.noteLayer(layer);
  return layer;
}

/** What a layer is told of something; undefined where it is told nothing, `unknown` where the code doesn't say. */
export function settingOf({ settings, isOpen }: TfjsLayer, name: string): ScriptValue | undefined {
  const value = settings.get(name)?.value;
  if (value === undefined) return isOpen ? unknown : undefined;
  return value.kind === 'constant' && (value.value === undefined || value.value === null) ? undefined : value;
}

/** Layers that run the function of their `activation` on what they compute; without one, nothing. */
const weighted = /^(dense|conv[123]d|conv[23]dTranspose|separableConv2d|depthwiseConv2d)$/;

export function isWeighted({ op, form }: TfjsResult): boolean {
  return form === 'layer' && weighted.test(op);
}

/** What a layer gives for what goes in; `step` is the call that runs it. */
export function applyLayer(run: ScriptRun, layer: TfjsLayer, input: ScriptValue, step: Code): ScriptValue {
  const inputs = input.kind === 'array' ? run.memory.contents(input.id).items : [input];
  const { type } = layer;
  const spelling = tfjsTable().names.get(`tf.layers.${type}`);
  const shared = { inputs, layer, step } as const;
  if (type === 'timeDistributed') {
    const inner = layer.settings.get('layer')?.value;
    return inner?.kind === 'layer' ? applyLayer(run, inner, input, step) : opaque(run, inputs, step);
  }
  if (spelling) {
    const ceiling = spelling.activation.spellings.tfjs?.ceiling;
    const isCapped = ceiling !== undefined && settingOf(layer, ceiling) !== undefined;
    const op = isCapped ? 'hardtanh' : spelling.activation.id;
    const second = settingOf(layer, 'axis') ?? settingOf(layer, 'alpha');
    return run.record({ ...shared, op, form: 'layer', at: layer.at, ...(second && { second }) });
  }
  if (type === 'activation') return activate(run, layer, inputs[0] ?? unknown, step);
  const result = run.record({ ...shared, op: type, form: 'layer', at: layer.at });
  return weighted.test(type) ? activate(run, layer, result, step) : result;
}

/** What the `activation` of a layer makes of its input. */
function activate(run: ScriptRun, layer: TfjsLayer, input: ScriptValue, step: Code): ScriptValue {
  const setting = settingOf(layer, 'activation');
  if (!setting) return input;
  const property = layer.settings.get('activation');
  const all = possibilities(setting);
  const activateBy = (each: ScriptValue): ScriptValue => {
    const isMissing = each.kind === 'constant' && (each.value === undefined || each.value === null);
    const word = isMissing ? 'linear' : textOf(each);
    const id = word === undefined ? undefined : tfjsTable().identifiers.get(word)?.activation.id;
    if (id === 'identity') return input;
    const at = (property && placeOfWord(property, each)) ?? layer.at;
    return run.record({ op: id ?? '?', inputs: [input], form: 'setting', at, layer, step });
  };
  return run.choosing(all, () => chooseOf(all.map(activateBy)));
}

/** Where an activation's name is to be shown: the text, where a call hands it on, else what stands in the config. */
function placeOfWord({ at }: ScriptProperty, value: ScriptValue): Code {
  const literal = value.kind === 'constant' ? value.at : undefined;
  if (!literal || literal === at) return at;
  return literal.node.parent?.type === 'arguments' ? literal : at;
}

/** Something is done to what goes in that is not known. */
export function opaque(run: ScriptRun, inputs: readonly ScriptValue[], at: Code): TfjsResult {
  return run.record({ op: '?', inputs, form: 'layer', at, layer: undefined });
}
