/** Usual values of what layers are built with, as they are written: sizes that suit each other. */
import { itemAt } from '../graph/access';
import type { Needed } from './entry';
import { isInward, isOutward, isPlural, type LayerSetting, settingOf } from './layerSettings';

/** How sizes are chosen where the first were refused. */
export interface SizeManner {
  /** Channels and features. */
  readonly width: number;
  /** How many times as many come out. */
  readonly times: number;
  /** How many values a list has of which nothing tells the length. */
  readonly several: number;
  /** What is several where nothing tells whether it is one value. */
  readonly spreads?: 'plurals' | 'sides' | 'all';
  /** Whether what goes in are features, even where it looks like pictures. */
  readonly isInside?: boolean;
}

/** From the likeliest: as wide out as in, lists where a number was refused, a width that more numbers divide. */
export const MANNERS: readonly SizeManner[] = [
  { width: 64, times: 1, several: 2 },
  { width: 64, times: 1, several: 2, spreads: 'plurals' },
  { width: 64, times: 1, several: 2, spreads: 'sides' },
  { width: 64, times: 1, several: 2, isInside: true },
  { width: 64, times: 2, several: 2 },
  { width: 192, times: 1, several: 3 },
  { width: 64, times: 1, several: 4, spreads: 'all' },
];

const NUMBERS: Partial<Record<LayerSetting, number>> = {
  classes: 10,
  depth: 2,
  dilation: 1,
  dropout: 0.1,
  epsilon: 1e-5,
  expansion: 4,
  groups: 1,
  growth: 16,
  heads: 4,
  kernel: 3,
  length: 16,
  momentum: 0.1,
  multiple: 8,
  'norm-groups': 8,
  padding: 1,
  scale: 2,
  slope: 0.1,
  spatial: 2,
  stride: 1,
  window: 4,
};

/** Classes where code does not compare with texts. */
const CLASSES: Partial<Record<LayerSetting, string>> = { activation: 'nn.ReLU', norm: 'nn.BatchNorm2d' };

/** Images with their patches, and beside a width alone, where they are what a layer sees deep in a model. */
const IMAGE = { side: 224, patch: 16, beside: 32 };
/** Channels of a picture, and what tells that something takes pictures. */
const COLOURS = 3;
const WHOLE: readonly LayerSetting[] = ['classes', 'depth', 'image', 'patch'];

/** What an annotation lets a parameter be. */
interface Form {
  readonly kind: 'flag' | 'number' | 'text' | 'layer' | 'several';
  readonly isFloat?: boolean;
  /** Of several: how many, where that is told, and of what. */
  readonly count?: number | undefined;
  readonly isFlags?: boolean;
  readonly isTuple?: boolean;
}

/**
 * Arguments for all of some parameters, as they are written.
 * @param beside all names of parameters of what is built
 * @returns undefined where one is nothing that can be chosen
 */
export function usualArguments(
  needed: readonly Needed[],
  beside: readonly string[],
  manner: SizeManner,
): Map<string, string> | undefined {
  const settings = new Set(beside.map(settingOf));
  const chosen = new Map<string, string>();
  for (const each of needed) {
    const value = usualValue(each, settings, manner);
    if (value === undefined) return undefined;
    chosen.set(each.name, value);
  }
  return chosen;
}

function usualValue(
  { name, annotation, texts }: Needed,
  settings: ReadonlySet<LayerSetting | undefined>,
  manner: SizeManner,
): string | undefined {
  const setting = settingOf(name);
  const form = annotation === undefined ? undefined : formOf(annotation);
  if (annotation !== undefined && !form) return undefined;
  if (form?.kind === 'flag') return setting === 'flag' ? 'True' : 'False';
  if (setting === undefined) return undefined;
  if (setting === 'flag') return form ? undefined : 'True';
  const number = setting === 'style' || CLASSES[setting] ? undefined : numberOf(name, setting, settings, manner);
  if (number === undefined) {
    const [text] = texts;
    if (form?.kind !== 'layer' && text !== undefined) return `'${text}'`;
    return form === undefined || form.kind === 'layer' ? CLASSES[setting] : undefined;
  }
  if (form?.kind === 'number' && form.isFloat) return decimalOf(number);
  if (form?.kind === 'several') {
    const one = form.isFlags ? 'False' : `${number}`;
    return severalOf(one, form.count ?? manner.several, form.isTuple ?? isSide(setting));
  }
  if (form && form.kind !== 'number') return undefined;
  return !form && spreads(name, setting, manner)
    ? severalOf(`${number}`, manner.several, isSide(setting) && !isPlural(name))
    : `${number}`;
}

function spreads(name: string, setting: LayerSetting, manner: SizeManner): boolean {
  if (manner.spreads === undefined) return false;
  if (isPlural(name) || (isSide(setting) && manner.spreads !== 'plurals')) return true;
  return setting === 'width' && manner.spreads === 'all';
}

function numberOf(
  name: string,
  setting: LayerSetting,
  settings: ReadonlySet<LayerSetting | undefined>,
  { width, times, isInside }: SizeManner,
): number | undefined {
  const hasPatches = settings.has('patch');
  // A whole model of pictures has several of these; a layer inside of one does not.
  const takesPictures = !isInside && WHOLE.filter((each) => settings.has(each)).length > 1;
  switch (setting) {
    case 'width':
      if (isInward(name) && takesPictures) return COLOURS;
      return isOutward(name) ? width * times : width;
    case 'size':
      return isOutward(name) ? width * times : width;
    case 'head-width':
      return width / (NUMBERS.heads ?? 1);
    case 'image':
      return hasPatches ? IMAGE.side : IMAGE.beside;
    case 'patch':
      return IMAGE.patch;
    default:
      return NUMBERS[setting];
  }
}

const isSide = (setting: LayerSetting): boolean => setting === 'image' || setting === 'patch' || setting === 'size';

const decimalOf = (number: number): string => (Number.isInteger(number) ? `${number}.0` : `${number}`);

function severalOf(value: string, count: number, isTuple: boolean): string {
  const values = Array.from({ length: count }, () => value).join(', ');
  return isTuple ? `(${values})` : `[${values}]`;
}

const SCALARS = /^(?:int|float|bool|str)$/;
const CONTAINERS = /^(?:list|tuple|Iterable|List|Sequence|Tuple)$/;
const JOINTS = /^(?:typing|None|Optional|Union|torch|t|nn|modules)$/;
const LAYERS = /^(?:Callable|Module|Type|type)$/;

/** What an annotation of plain numbers, flags, texts or layers says; undefined for any other. */
function formOf(annotation: string): Form | undefined {
  const plain = annotation.replace(/['"]/g, '');
  const words = plain.match(/[A-Za-z_]\w*/g) ?? [];
  if (words.length === 0 || !words.every((each) => [SCALARS, CONTAINERS, JOINTS, LAYERS].some((of) => of.test(each))))
    return undefined;
  const lists = /\b(?:list|tuple|Iterable|List|Sequence|Tuple)\b(?:\[([^[\]]*)\])?/g;
  const alone: readonly string[] = plain.replace(lists, '').match(/\b(?:int|float|bool|str)\b/g) ?? [];
  if (alone.includes('int')) return { kind: 'number' };
  if (alone.includes('float')) return { kind: 'number', isFloat: true };
  if (alone.includes('bool')) return { kind: 'flag' };
  if (words.some((word) => LAYERS.test(word))) return { kind: 'layer' };
  if (alone.includes('str')) return { kind: 'text' };
  const [list] = plain.matchAll(lists);
  if (!list || /\bstr\b/.test(list[0])) return undefined;
  const items = (list[1] ?? '').split(',').map((each) => each.trim());
  const isTuple = /^tuple/i.test(list[0]);
  return {
    kind: 'several',
    count: isTuple && items.length > 1 && !items.includes('...') ? items.length : undefined,
    isFlags: itemAt(items, 0) === 'bool',
    isTuple,
  };
}
