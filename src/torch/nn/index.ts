/** Layers of `torch.nn` with their parameters: PyTorch's names, order and default initialisation. */
import type { Context } from '../../python/natives/context';
import { nativeClass } from '../../python/natives/native';
import { LazyMap } from '../../python/values/lazy';
import { PyClass } from '../../python/values/values';
import { attentionLayer } from './attention';
import { containers } from './container';
import { convolutionLayers } from './conv';
import { distanceLayers } from './distance';
import { dropoutLayers } from './dropout';
import { flattenLayers } from './flatten';
import { foldLayers } from './fold';
import { type Layer, layerClass } from './layer';
import { isLazy, lazyClass } from './lazy';
import { linearLayers } from './linear';
import { lossLayers } from './loss';
import { moduleState } from './module';
import { normalisationBases, normalisationLayers } from './normalization';
import { paddingLayers } from './padding';
import { parameterContainers } from './parameterContainer';
import { pixelShuffleLayers } from './pixelshuffle';
import { poolingLayers } from './pooling';
import { recurrentLayers } from './rnn';
import { embeddingLayers } from './sparse';
import { transformerLayers } from './transformer';
import { upsamplingLayers } from './upsampling';

const plain: readonly Layer[] = [
  ...linearLayers,
  ...convolutionLayers,
  ...normalisationLayers,
  ...dropoutLayers,
  ...poolingLayers,
  ...paddingLayers,
  ...flattenLayers,
  ...upsamplingLayers,
  ...pixelShuffleLayers,
  ...foldLayers,
  ...distanceLayers,
  ...embeddingLayers,
  ...recurrentLayers,
  ...lossLayers,
];

/**
 * Base classes that no row makes, with the one above each: `_ConvTransposeNd` is a `_ConvNd`. @returns by name
 */
function basesOf(layers: readonly Layer[]): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const { bases = [] } of layers) {
    for (const [at, name] of bases.entries()) if (!found.has(name)) found.set(name, bases[at + 1]);
  }
  return found;
}

const bases = basesOf(plain);

/** Every layer and container as a class, which is made when it is first asked for. */
export function layerClasses(ctx: Context): LazyMap {
  const classes = new LazyMap();
  classes.include(containers(ctx));
  classes.include(parameterContainers(ctx));
  for (const [name, above] of bases) {
    classes.define(name, () => {
      const parent = above === undefined ? undefined : classes.get(above);
      return nativeClass(name, [parent instanceof PyClass ? parent : moduleState(ctx).cls], {}, 'torch.nn');
    });
  }
  const add = (layer: Layer): void => classes.define(layer.name, () => layerClass(ctx, layer, classes));
  plain.forEach(add);
  normalisationBases.forEach(add);
  for (const layer of plain) {
    if (isLazy(layer)) classes.define(`Lazy${layer.name}`, () => lazyClass(layer, classes.get(layer.name) ?? null));
  }
  add(attentionLayer(() => classes.get('Linear') ?? null));
  for (const make of transformerLayers) add(make(classes));
  return classes;
}
