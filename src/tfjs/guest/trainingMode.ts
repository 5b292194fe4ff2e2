/**
 * Whether a model may do something else in training. The library's layers don't: what training changes in them is one step
 * of the tape in either mode (`hooks.ts`).
 */
import { serialization } from '@tensorflow/tfjs-core';
import { Layer } from '@tensorflow/tfjs-layers/dist/engine/topology';
import './library';

// biome-ignore lint/suspicious/noExplicitAny: wrappers, containers and recurrent layers keep their layers in fields of their own
type Any = any;

const known = Object.values(serialization.SerializationMap.getMap().classNameMap).map(([type]) => type);
/** What runs a layer of each of the library's classes, before any code of the user's could replace it. */
const calls = new Map<unknown, unknown>(known.map((type) => [type, (type.prototype as Any).call]));

/** A method that takes the inputs alone, so that nothing tells it of the mode. */
const inputsAlone = /^call\s*\(\s*[\w$]+\s*\)\s*\{(?!.*\b(?:arguments|eval)\b)/s;

/** Whether code of the user's is told of the mode, in a layer or one inside of it. */
export function mayDependOnTraining(layer: Any): boolean {
  const { call } = layer;
  if (calls.get(layer.constructor) !== call)
    return layer.apply !== Layer.prototype.apply || !inputsAlone.test(Function.prototype.toString.call(call));
  const { layers, cells } = layer;
  const inside = [layers, cells, layer.layer, layer.forwardLayer, layer.backwardLayer, layer.cell].flat();
  return inside.some((each) => each && mayDependOnTraining(each));
}
