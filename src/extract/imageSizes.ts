/** Sizes of images that the settings of a model name, wherever in them: `config.data.image_size`, `opt.imgH` and `opt.imgW`. */
import type { Context } from '../python/natives/context';
import { PyDict, PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';

const SLOT = Symbol('settings that a model was built with');

/** Objects that the model was built with. */
function objectsOf(ctx: Context): Set<PyInstance | PyDict> {
  return ctx.slot(SLOT, () => new Set());
}

/** Remembers what a model is built with. */
export function rememberSettings(ctx: Context, values: Iterable<PyValue>): void {
  for (const each of values) if (each instanceof PyInstance || each instanceof PyDict) objectsOf(ctx).add(each);
}

/** An image's sides. */
export interface ImageSides {
  readonly height: number;
  readonly width: number;
}

/** Names of one size or a list of sides, those of what is trained with first; `size` alone below what is named so. */
const NAMES = [
  /^train_?(image|img|input|crop)_?(size|shape|resolution)$|^(image|img|input|crop)_?(size|shape|resolution)_?train$/i,
  /^(image|img|input)_?(size|shape|resolution)$/i,
  /^crop_?size$/i,
  /^(test|val|eval)_?(image|img|input|crop)_?(size|shape|resolution)$/i,
];
const ABOVE = /^(input|image|images|img)$/i;
const BELOW = /^(size|shape|resolution)(_?train)?$/i;
const HEIGHT = /^((?:image|img|input|crop|train)_?)(h|height)$|^(height)$/i;

/** Mappings that are looked at, and how deep. */
const MOST = 200;
const DEPTH = 4;
const FEWEST = 8n;
const LARGEST = 4096n;

/** What the settings name that the model was built with, likeliest first. */
export function imagesNamed(ctx: Context): ImageSides[] {
  const found: { readonly rank: number; readonly sides: ImageSides }[] = [];
  const open = Array.from(objectsOf(ctx), (object) => ({ object, above: '', depth: 0 }));
  const seen = new Set<PyValue>();
  for (let next = open.shift(); next && seen.size < MOST; next = open.shift()) {
    const { object, above, depth } = next;
    if (seen.has(object)) continue;
    seen.add(object);
    const entries = entriesOf(object);
    for (const [key, value] of entries) {
      const rank = ABOVE.test(above) && BELOW.test(key) ? 1 : NAMES.findIndex((each) => each.test(key));
      if (rank >= 0) for (const sides of sidesOf(value)) found.push({ rank, sides });
      const [, start = '', name = key] = HEIGHT.exec(key) ?? [];
      const other = HEIGHT.test(key) ? entries.get(start + partner(name)) : undefined;
      if (isSide(value) && isSide(other))
        found.push({ rank: 0, sides: { height: Number(value), width: Number(other) } });
      const isHolder = value instanceof PyDict || value instanceof PyInstance;
      if (isHolder && depth < DEPTH) open.push({ object: value, above: key, depth: depth + 1 });
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ sides }) => sides);
}

/** What settings hold by name; of an object what its class says as well. */
function entriesOf(object: PyInstance | PyDict): Map<string, PyValue> {
  const entries =
    object instanceof PyDict
      ? object.entries()
      : [...object.cls.mro.filter(({ native }) => !native).reverse(), { members: object.fields }].flatMap(
          ({ members }) => [...members],
        );
  return new Map(entries.flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : [])));
}

/** `W` of `H`, `width` of `height`. */
function partner(name: string): string {
  if (name.length === 1) return name === 'H' ? 'W' : 'w';
  return name === 'HEIGHT' ? 'WIDTH' : name === 'Height' ? 'Width' : 'width';
}

const isSide = (value: PyValue | undefined): value is bigint =>
  typeof value === 'bigint' && value >= FEWEST && value <= LARGEST;

/** Sides by a number, by two, which of them is the height is not said, or by those beside channels. */
function sidesOf(value: PyValue): ImageSides[] {
  if (isSide(value)) return [{ height: Number(value), width: Number(value) }];
  const items = value instanceof PyTuple || value instanceof PyList ? value.items : [];
  const sides = items.filter(isSide).map(Number);
  const [height, width] = sides;
  if (items.length > 3 || sides.length !== 2 || height === undefined || width === undefined) return [];
  return height === width || items.length === 3
    ? [{ height, width }]
    : [
        { height, width },
        { height: width, width: height },
      ];
}
