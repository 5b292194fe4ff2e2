/** The real TensorFlow.js, on a backend without data: what the user's code is given as `tf`. */
import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as layers from '@tensorflow/tfjs-layers';
import { deserialize } from '@tensorflow/tfjs-layers/dist/layers/serialization';
import { convertPythonicToTs } from '@tensorflow/tfjs-layers/dist/utils/serialization_utils';
import { installBackend } from './backend';
import { installHooks } from './hooks';
import { kernelsRead, outputsOf } from './kernels';
import { noteCustomGradient, take } from './tape';
import { valuesOf } from './values';

installBackend();
for (const kernelName of kernelsRead) {
  core.registerKernel({
    kernelName,
    backendName: 'sealed',
    kernelFunc: ({ inputs, attrs }) => {
      const given = Object.entries(inputs).filter(([, tensor]) => tensor != null) as [string, core.TensorInfo][];
      const settings = { ...attrs, ...placesKnown(kernelName, inputs) };
      const outputs = outputsOf(kernelName, Object.fromEntries(given), settings);
      const infos = take(
        'kernel',
        kernelName,
        given as [string, core.Tensor][],
        settings,
        Array.isArray(outputs) ? outputs : [outputs as never],
      );
      return Array.isArray(outputs) ? infos : (infos[0] as core.TensorInfo);
    },
  });
}
installHooks();

/** Boxes that a crop cuts out: the host needs their values, which a model that cuts its middle out has as constants. */
function placesKnown(kernelName: string, inputs: core.NamedTensorInfoMap): Record<string, unknown> {
  if (kernelName !== 'CropAndResize') return {};
  const names = ['boxes', 'boxInd'];
  return Object.fromEntries(names.map((name) => [name, valuesOf((inputs[name] as core.TensorInfo).dataId as object)]));
}

/** A gradient of the user's own: what it computes is on the tape, what it does backwards is not. */
const customGrad: typeof core.customGrad = (f) => {
  const made = core.customGrad(f);
  return ((...inputs: core.Tensor[]) => {
    noteCustomGradient();
    return made(...inputs);
  }) as typeof made;
};

/**
 * The model of a topology, as `model.json` and `toJSON` have it; its weights begin as its initialisers say.
 * @param topology `modelTopology` of a file, or what holds it
 */
export function modelOf(topology: object): layers.LayersModel {
  const held = 'modelTopology' in topology ? (topology.modelTopology as object) : topology;
  const config = 'model_config' in held ? held.model_config : held;
  return deserialize(convertPythonicToTs(config as never) as core.serialization.ConfigDict) as layers.LayersModel;
}

/** The library as `import * as tf from '@tensorflow/tfjs'` sees it, but for data, converter and backends. */
export const tf = {
  ...core,
  ...layers,
  customGrad,
  version: { 'tfjs-core': core.version_core, 'tfjs-layers': layers.version_layers },
};

export type GuestLibrary = typeof tf;
