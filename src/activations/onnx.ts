/** Activations by the operators of ONNX. */
import type { ActivationParameters } from '../graph/types';
import { catalogue } from './catalogue';
import type { Recognised } from './recognise';

/** Attributes of an ONNX operator that are written, by name; numbers in single precision's shortest form. */
export type OnnxAttributes = Readonly<Record<string, number | string | undefined>>;

/**
 * The activation that an operator with these attributes is; undefined where the catalogue has none with its values.
 * @param attributes those that the file leaves out have the operator's defaults
 */
export function activationOfOnnx(operator: string, attributes: OnnxAttributes = {}): Recognised | undefined {
  for (const { id, spellings, transparent } of catalogue.values()) {
    const { onnx } = spellings;
    if (onnx?.operator !== operator || transparent) continue;
    const parameters: ActivationParameters | undefined = onnx.reads
      ? onnx.reads(attributes)
      : onnx.where === undefined
        ? {}
        : undefined;
    if (parameters) return { activation: id, parameters };
  }
  return undefined;
}
