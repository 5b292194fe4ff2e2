/** Usual values of what layers are built with, as they are written: sizes that suit each other. */
import { type Form, formOf } from './annotations';
import {
  isInward,
  isOfColours,
  isOutward,
  isPlural,
  type LayerSetting,
  likelySettingOf,
  settingOf,
} from './layerSettings';
import type { Needed } from './needed';
import type { ParameterUse, WeightSizes } from './parameterUses';
import type { SizeManner } from './sizeManners';
import { blockFor, layerFor } from './usualLayers';

const NUMBERS: Partial<Record<LayerSetting, number>> = {
  axis: 1,
  batch: 1,
  classes: 10,
  coefficient: 1,
  count: 4,
  depth: 2,
  dilation: 1,
  dropout: 0.1,
  epsilon: 1e-5,
  expansion: 4,
  groups: 1,
  growth: 16,
  heads: 4,
  index: 0,
  kernel: 3,
  length: 16,
  momentum: 0.1,
  multiple: 8,
  'norm-groups': 8,
  padding: 1,
  pooled: 1,
  scale: 2,
  slope: 0.1,
  spatial: 2,
  stride: 1,
  vocabulary: 1000,
  window: 4,
};

/** Images with their patches, and beside a width alone, where they are what a layer sees deep in a model. */
const IMAGE = { side: 224, patch: 16, beside: 32 };
/** Channels of a picture, and what tells that something takes pictures. */
const COLOURS = 3;
const WHOLE: readonly LayerSetting[] = ['classes', 'depth', 'image', 'patch'];

/** Settings that names tell vaguely: a size of a kernel, a number of channels that is called the depth. */
const VAGUE: ReadonlySet<LayerSetting> = new Set<LayerSetting>(['count', 'depth', 'length', 'size']);

/** Settings that a layer takes as nothing else. */
const CLEAR: ReadonlySet<LayerSetting> = new Set<LayerSetting>(['axes', 'axis', 'index', 'vocabulary']);

/**
 * Arguments for all of some parameters, as they are written.
 * @param beside all names of parameters of what is built
 * @returns undefined where one is nothing that can be chosen
 */
export function usualArguments(
  needed: readonly Needed[],
  beside: readonly string[],
  manner: SizeManner,
  known: ReadonlyMap<string, string> = new Map(),
): Map<string, string> | undefined {
  const settings = new Set(beside.map(settingOf));
  const chosen = new Map<string, string>();
  // What has the sizes of others comes after them.
  const isTable = ({ use }: Needed) => use?.()?.table !== undefined;
  const last = needed.filter(isTable);
  for (const each of [...needed.filter((one) => !isTable(one)), ...last]) {
    const table = each.annotation === undefined ? each.use?.()?.table : undefined;
    const value = table
      ? usualTable(table, new Map([...known, ...chosen]), manner)
      : usualValue(each, settings, manner);
    if (value === undefined) return undefined;
    chosen.set(each.name, value);
  }
  return new Map(needed.flatMap(({ name }) => [[name, chosen.get(name) ?? '']]));
}

/** What a parameter sets: by what it is handed on as, where that is known, and by its name. */
function settingFor(name: string, use: ParameterUse | undefined): LayerSetting | undefined {
  const byName = settingOf(name);
  const told = use?.names.map((each) => settingOf(each)).filter((each) => each !== undefined) ?? [];
  const byUse = told.find((each) => each !== 'depth') ?? told[0];
  if (byUse === undefined) {
    const loosely = use?.looseNames.map((each) => settingOf(each)).find((each) => each !== undefined);
    return byName ?? likelySettingOf(name) ?? loosely;
  }
  const clear = told.find((each) => CLEAR.has(each));
  if (clear !== undefined) return clear;
  if (byName === undefined || told.includes(byName)) return byName ?? byUse;
  // Many things are counted by a loop.
  if (byUse === 'depth') return byName === 'width' ? byUse : byName;
  const isVague = name.length < 3 || VAGUE.has(byName) || byName === 'width';
  // A length that is a layer's width stays a length.
  return isVague && !(byName === 'length' && byUse === 'width') ? byUse : byName;
}

function usualValue(
  { name, annotation, documented, use: seen, spatial, blocks }: Needed,
  settings: ReadonlySet<LayerSetting | undefined>,
  manner: SizeManner,
): string | undefined {
  const use = seen?.();
  if (use?.names.includes('config')) return undefined;
  const form = annotation === undefined ? formOf(documented ?? '') : formOf(annotation);
  // What is of a class of its own can only be left out.
  if (annotation !== undefined && !form) return /\b(?:None|Optional)\b/.test(annotation) ? 'None' : undefined;
  const setting = settingFor(name, use);
  if (form?.kind === 'text') return textFor(use, form);
  if (form?.kind === 'flag') return setting === 'flag' ? 'True' : 'False';
  if (setting === 'flag') return form ? undefined : 'True';
  if (setting === 'switch') return form ? undefined : 'False';
  if (setting === 'device') return form ? undefined : "'cpu'";
  const layer = layerFor(name, setting, use, form, spatial?.(), manner) ?? blockFor(use, form, setting, blocks, manner);
  if (layer !== undefined) return layer;
  const number = setting === undefined ? choiceOf(use, manner) : numberOf(name, setting, use, settings, manner);
  if (number === undefined || (form && form.kind !== 'number' && form.kind !== 'several')) {
    const text = form === undefined ? textFor(use, form) : undefined;
    if (text !== undefined) return text;
    if (use?.mayBeNone) return 'None';
    return form === undefined && use?.isTested && !use.called && setting === undefined ? 'False' : undefined;
  }
  if (setting === 'axes') return severalOf(axes(form?.count ?? use?.length ?? manner.several + 1), true);
  const one = form?.kind === 'number' && form.isFloat ? decimalOf(number) : `${number}`;
  const depth = depthOf(name, setting, use, form, manner);
  if (depth === 0) return one;
  const count = form?.count ?? use?.length ?? Math.max(use?.least ?? 0, manner.several);
  const isTuple = form?.isTuple ?? (isSide(setting) && !isPlural(name));
  let value = severalOf(
    Array.from({ length: count }, () => (form?.isFlags ? 'False' : one)),
    isTuple,
  );
  for (let level = 1; level < depth; level++) value = severalOf([value, value], false);
  return value;
}

/** Values of a weight that is handed in: as many as the layer has that takes it. */
function usualTable(sizes: WeightSizes, given: ReadonlyMap<string, string>, { width }: SizeManner): string | undefined {
  const usual = [NUMBERS.vocabulary, width];
  const told = sizes.map((size, index) =>
    typeof size === 'number' ? size : size === undefined ? usual[index] : given.get(size),
  );
  return told.every((size) => /^\d+$/.test(`${size}`)) ? `torch.randn(${told.join(', ')})` : undefined;
}

/** What a text says that the code compares. */
function textFor(use: ParameterUse | undefined, form: Form | undefined): string | undefined {
  const text = form?.literals?.[0] ?? use?.texts[0];
  return text === undefined ? undefined : `'${text}'`;
}

/** How many lists stand inside of one another. */
function depthOf(
  name: string,
  setting: LayerSetting | undefined,
  use: ParameterUse | undefined,
  form: Form | undefined,
  { spreads }: SizeManner,
): number {
  if (form?.kind === 'several') return Math.max(form.depth ?? 1, use?.depth ?? 0);
  if (use && use.depth > 0) return use.depth;
  if (form?.kind === 'number' || spreads === undefined) return 0;
  if (isPlural(name) || (isSide(setting) && spreads !== 'plurals')) return 1;
  return setting === 'width' && spreads === 'all' ? 1 : 0;
}

/** A number of those that the code tells apart. */
const choiceOf = (use: ParameterUse | undefined, { turn = 0 }: SizeManner): number | undefined =>
  use?.choices[turn % use.choices.length];

function numberOf(
  name: string,
  setting: LayerSetting,
  use: ParameterUse | undefined,
  settings: ReadonlySet<LayerSetting | undefined>,
  manner: SizeManner,
): number | undefined {
  const { width, times, inward, padding, isInside } = manner;
  const hasPatches = settings.has('patch');
  // A whole model of pictures has several of these; a layer inside of one does not.
  const takesPictures = !isInside && WHOLE.filter((each) => settings.has(each)).length > 1;
  const usual = NUMBERS[setting];
  const choice = choiceOf(use, manner);
  if (choice !== undefined && usual !== undefined && !use?.choices.includes(usual)) return choice;
  switch (setting) {
    case 'width':
      if (inward !== undefined && isInward(name)) return inward;
      if (!isInside && ((isInward(name) && takesPictures) || isOfColours(name))) return COLOURS;
      return isOutward(name) ? width * times : width;
    case 'size':
      if (inward !== undefined && isInward(name)) return inward;
      return isOutward(name) ? width * times : width;
    case 'head-width':
      return width / (NUMBERS.heads ?? 1);
    case 'image':
      return hasPatches ? IMAGE.side : IMAGE.beside;
    case 'padding':
      return padding ?? usual;
    case 'patch':
      return IMAGE.patch;
    case 'axes':
      return 0;
    default:
      return usual;
  }
}

const isSide = (setting: LayerSetting | undefined): boolean =>
  setting === 'image' || setting === 'patch' || setting === 'size';

/** Axes that trade places, the first left where it is: `0, 2, 1`. */
const axes = (count: number): string[] => [
  '0',
  ...Array.from({ length: count - 1 }, (_, index) => `${count - 1 - index}`),
];

const decimalOf = (number: number): string => (Number.isInteger(number) ? `${number}.0` : `${number}`);

const severalOf = (values: readonly string[], isTuple: boolean): string =>
  isTuple ? `(${values.join(', ')})` : `[${values.join(', ')}]`;
