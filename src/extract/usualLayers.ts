/** Usual layers for what is handed one, or a class that makes one. */
import type { Form } from './annotations';
import type { LayerSetting } from './layerSettings';
import type { ParameterUse } from './parameterUses';
import type { SizeManner } from './sizeManners';

/** Whole models: what wraps one is asked about for the model that is meant. */
const MODELS =
  /model|backbone|network|^net(?:work)?$|unet|diffusion|discriminator|generator|policy|agent|imagen|teacher/i;

const isLayerSetting = (setting: LayerSetting | undefined): boolean =>
  setting === 'activation' || setting === 'norm' || setting === 'convolution' || setting === 'linear';

/** A class of the same file for what is built here without saying of which class: a block of many alike. */
export function blockFor(
  use: ParameterUse | undefined,
  form: Form | undefined,
  setting: LayerSetting | undefined,
  blocks: ((count: number) => readonly string[]) | undefined,
  { turn = 0 }: SizeManner,
): string | undefined {
  const { called } = use ?? {};
  if (!called?.isBuilding || isLayerSetting(setting) || (form && form.kind !== 'layer') || use?.texts.length)
    return undefined;
  const found = blocks?.(called.count) ?? [];
  return found[turn % found.length];
}

/** A layer that is handed in: a class where it is built here, else a layer. */
export function layerFor(
  name: string,
  setting: LayerSetting | undefined,
  use: ParameterUse | undefined,
  form: Form | undefined,
  spatial: number | undefined,
  { width, isIdle }: SizeManner,
): string | undefined {
  const isLayer = isLayerSetting(setting);
  if (form && form.kind !== 'layer') return undefined;
  if (!form && use && use.texts.length > 0) return undefined;
  const runs = use?.called?.isBuilding === false;
  const called = use?.called ?? (form?.isInstance ? undefined : { isBuilding: true, count: 0 });
  if (isLayer) {
    // A text or a flag that is not compared may be either.
    if (setting !== 'activation' && setting !== 'norm' && !use?.called) return undefined;
    if (setting === 'activation') return runs || !called?.isBuilding ? 'nn.ReLU()' : 'nn.ReLU';
    if (setting === 'linear') return runs ? `nn.Linear(${width}, ${width})` : 'nn.Linear';
    if (setting === 'convolution') return runs ? undefined : `nn.Conv${spatial || 2}d`;
    const norm = spatial === 0 ? 'nn.LayerNorm' : `nn.BatchNorm${spatial ?? 2}d`;
    return runs || !called?.isBuilding ? `${norm}(${width})` : norm;
  }
  // What runs and is handed one thing stands for any layer.
  if (!runs || use?.called?.count !== 1 || use.depth > 0 || MODELS.test(name)) return undefined;
  if (use.mayBeNone && setting === undefined) return 'None';
  if (isIdle) return 'nn.Identity()';
  return spatial ? `nn.Conv${spatial}d(${width}, ${width}, 3, padding=1)` : `nn.Linear(${width}, ${width})`;
}
