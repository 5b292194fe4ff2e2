/** Layers of `torch.nn` with their parameters: PyTorch's names, order and default initialisation. */
import type { Context } from '../../python/natives/context';
import type { PyValue } from '../../python/values/values';
import { attentionLayer } from './attention';
import { containers } from './container';
import { convolutionLayers } from './conv';
import { distanceLayers } from './distance';
import { dropoutLayers } from './dropout';
import { flattenLayers } from './flatten';
import { foldLayers } from './fold';
import { type Layer, layerClass } from './layer';
import { lazyClasses } from './lazy';
import { linearLayers } from './linear';
import { lossLayers } from './loss';
import { normalisationLayers } from './normalization';
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

/** Every layer and container as a class. */
export function layerClasses(ctx: Context): Record<string, PyValue> {
  const classes: Record<string, PyValue> = { ...containers(ctx), ...parameterContainers(ctx) };
  const add = (layer: Layer): void => {
    classes[layer.name] = layerClass(ctx, layer, classes);
  };
  plain.forEach(add);
  lazyClasses(plain, classes);
  add(attentionLayer(classes.Linear ?? null));
  for (const make of transformerLayers) add(make(classes));
  return classes;
}
