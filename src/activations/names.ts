import type { Activation } from './types';

/** How a library writes an activation. */
export interface LibraryNames {
  readonly library: string;
  /** As code has them: `nn.GELU`, `'gelu_new'`, `Gelu (opset 20)`. */
  readonly names: readonly string[];
}

/** Every library's names for an activation, those that have none left out. */
export function namesByLibrary({ spellings }: Activation): LibraryNames[] {
  const { modules, functional, torch, methods, tfjs, onnx, huggingFace, timm } = spellings;
  const behind = (prefix: string, names: readonly string[] = []) => names.map((name) => `${prefix}${name}`);
  const quoted = (names: readonly string[] = []) => names.map((name) => `'${name}'`);
  const all: readonly LibraryNames[] = [
    {
      library: 'PyTorch',
      names: [
        ...behind('nn.', modules),
        ...behind('F.', functional),
        ...behind('torch.', torch),
        ...behind('Tensor.', methods),
      ],
    },
    {
      library: 'TensorFlow.js',
      names: [...behind('tf.layers.', tfjs?.layers), ...behind('tf.', tfjs?.ops), ...quoted(tfjs?.identifiers)],
    },
    { library: 'Hugging Face', names: quoted(huggingFace) },
    { library: 'timm', names: quoted(timm) },
    {
      library: 'ONNX',
      names: onnx ? [`${onnx.operator} (opset ${onnx.since}${onnx.where ? `; ${onnx.where}` : ''})`] : [],
    },
  ];
  return all.filter(({ names }) => names.length > 0);
}
