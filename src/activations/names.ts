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
  const prefixAll = (prefix: string, names: readonly string[] = []) => names.map((name) => `${prefix}${name}`);
  const quoteAll = (names: readonly string[] = []) => names.map((name) => `'${name}'`);
  const all: readonly LibraryNames[] = [
    {
      library: 'PyTorch',
      names: [
        ...prefixAll('nn.', modules),
        ...prefixAll('F.', functional),
        ...prefixAll('torch.', torch),
        ...prefixAll('Tensor.', methods),
      ],
    },
    {
      library: 'TensorFlow.js',
      names: [...prefixAll('tf.layers.', tfjs?.layers), ...prefixAll('tf.', tfjs?.ops), ...quoteAll(tfjs?.identifiers)],
    },
    { library: 'Hugging Face', names: quoteAll(huggingFace) },
    { library: 'timm', names: quoteAll(timm) },
    {
      library: 'ONNX',
      names: onnx ? [`${onnx.operator} (opset ${onnx.since}${onnx.where ? `; ${onnx.where}` : ''})`] : [],
    },
  ];
  return all.filter(({ names }) => names.length > 0);
}
