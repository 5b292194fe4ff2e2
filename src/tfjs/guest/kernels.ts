/**
 * What shape and type each kernel returns: every name in tfjs-core's `kernel_names`, by its backends' rules and with its
 * own helpers. A kernel whose result has a shape that depends on values is refused by name.
 */
import { backend_util, broadcast_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TapeDType } from '../outcome';
import { phrase } from './phrases';
import { KernelNotRead } from './problems';
import type { Shaped } from './tape';

export type KernelInputs = Readonly<Record<string, TensorInfo>>;
// biome-ignore lint/suspicious/noExplicitAny: attributes have a type a kernel, which only the kernel's name tells
export type KernelAttributes = Readonly<Record<string, any>>;

type ShapeRule = (inputs: KernelInputs, attributes: KernelAttributes) => Shaped | readonly Shaped[];

const makeShaped = (shape: readonly number[], dtype: string): Shaped => ({
  shape: [...shape],
  dtype: dtype as TapeDType,
});
const like = (tensor: TensorInfo): Shaped => makeShaped(tensor.shape, tensor.dtype);

function onlyInput(inputs: KernelInputs): TensorInfo {
  const [first] = Object.values(inputs);
  if (!first) throw new Error(phrase('noInput'));
  return first;
}

function input(inputs: KernelInputs, name: string): TensorInfo {
  const found = inputs[name];
  if (!found) throw new Error(phrase('missingInput', name));
  return found;
}

const sameAs =
  (name?: string): ShapeRule =>
  (inputs) =>
    like(name === undefined ? onlyInput(inputs) : input(inputs, name));

const asType =
  (dtype: TapeDType): ShapeRule =>
  (inputs) =>
    makeShaped(onlyInput(inputs).shape, dtype);

const broadcast =
  (first: string, second: string, dtype?: TapeDType): ShapeRule =>
  (inputs) => {
    const [a, b] = [input(inputs, first), input(inputs, second)];
    return makeShaped(
      broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape),
      dtype ?? (a.dtype === 'bool' ? 'int32' : a.dtype),
    );
  };

const reduction =
  (dtype?: TapeDType, promoteBool = false): ShapeRule =>
  (inputs, { axis, reductionIndices, keepDims }) => {
    const x = onlyInput(inputs);
    const axes = util.parseAxisParam(axis ?? reductionIndices, x.shape);
    const outer = backend_util.computeOutAndReduceShapes(x.shape, axes)[0] as number[];
    return makeShaped(
      keepDims ? backend_util.expandShapeToKeepDim(outer, axes) : outer,
      dtype ?? (promoteBool && x.dtype === 'bool' ? 'int32' : x.dtype),
    );
  };

const indexAlong: ShapeRule = (inputs, { axis }) => {
  const x = onlyInput(inputs);
  const axes = util.parseAxisParam(axis, x.shape);
  return makeShaped(backend_util.computeOutAndReduceShapes(x.shape, axes)[0] as number[], 'int32');
};

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

const matrixProduct: ShapeRule = (inputs, { transposeA, transposeB }) => {
  const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
  const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)] as number;
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)] as number;
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  util.assert(
    inner[0] === inner[1],
    () =>
      `Error in matMul: inner shapes (${inner[0]}) and (${inner[1]}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
      `and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  return makeShaped([...batch, rows, columns], upcast(a, b));
};

const upcast = (a: TensorInfo, b: TensorInfo): string =>
  a.dtype === b.dtype ? a.dtype : a.dtype === 'float32' || b.dtype === 'float32' ? 'float32' : 'int32';

const convolution =
  (depthwise: boolean): ShapeRule =>
  (inputs, { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
    const x = input(inputs, 'x');
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      input(inputs, 'filter').shape as [number, number, number, number],
      strides,
      dilations ?? [1, 1],
      pad,
      dimRoundingMode,
      depthwise,
      backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
    );
    return makeShaped(info.outShape, x.dtype);
  };

const pool2d: ShapeRule = (inputs, { filterSize, strides, pad, dimRoundingMode }) => {
  const x = onlyInput(inputs);
  const info = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return makeShaped(info.outShape, x.dtype);
};

const pool3d: ShapeRule = (inputs, { filterSize, strides, pad, dimRoundingMode, dataFormat }) => {
  const x = onlyInput(inputs);
  const info = backend_util.computePool3DInfo(
    x.shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  return makeShaped(info.outShape, x.dtype);
};

const toShape =
  (attribute: string, name?: string): ShapeRule =>
  (inputs, attributes) => {
    const from = name === undefined ? onlyInput(inputs) : input(inputs, name);
    return makeShaped(attributes[attribute] as number[], from.dtype);
  };

const resize: ShapeRule = (inputs, { size }) => {
  const [batch, , , channels] = onlyInput(inputs).shape as [number, number, number, number];
  return makeShaped([batch, size[0], size[1], channels], 'float32');
};

const creation =
  (dtype?: TapeDType): ShapeRule =>
  (_, attributes) =>
    makeShaped(attributes.shape as number[], dtype ?? attributes.dtype ?? 'float32');

/** An axis that may count from the end, among `rank`. */
const from = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const rules: Record<string, ShapeRule> = {
  AddN: sameAs(),
  Bincount: (inputs, { size }) => makeShaped([size], input(inputs, 'weights').dtype),
  DenseBincount: (inputs, { size }) => {
    const x = input(inputs, 'x');
    return makeShaped(x.shape.length === 1 ? [size] : [x.shape[0] as number, size], input(inputs, 'weights').dtype);
  },
  BatchMatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
  BatchToSpaceND: (inputs, { blockShape, crops }) => {
    const { shape, dtype } = onlyInput(inputs);
    const spatial = (blockShape as number[]).map((block, each) => {
      const [begin, end] = crops[each] as [number, number];
      return (shape[each + 1] as number) * block - begin - end;
    });
    return makeShaped(
      [(shape[0] as number) / product(blockShape), ...spatial, ...shape.slice(blockShape.length + 1)],
      dtype,
    );
  },
  SpaceToBatchND: (inputs, { blockShape, paddings }) => {
    const { shape, dtype } = onlyInput(inputs);
    const spatial = (blockShape as number[]).map((block, each) => {
      const [begin, end] = paddings[each] as [number, number];
      return ((shape[each + 1] as number) + begin + end) / block;
    });
    return makeShaped(
      [(shape[0] as number) * product(blockShape), ...spatial, ...shape.slice(blockShape.length + 1)],
      dtype,
    );
  },
  BroadcastArgs: (inputs) =>
    makeShaped([Math.max(...Object.values(inputs).map(({ shape }) => shape[0] as number))], 'int32'),
  BroadcastTo: toShape('shape'),
  Cast: (inputs, { dtype }) => makeShaped(onlyInput(inputs).shape, dtype),
  Complex: asType('complex64'),
  Real: asType('float32'),
  Imag: asType('float32'),
  ComplexAbs: asType('float32'),
  FFT: sameAs(),
  IFFT: sameAs(),
  Concat: (inputs, { axis }) => {
    const list = Object.values(inputs);
    const first = list[0] as TensorInfo;
    const at = util.parseAxisParam(axis, first.shape)[0] as number;
    return makeShaped(
      backend_util.computeOutShape(
        list.map(({ shape }) => shape),
        at,
      ),
      first.dtype,
    );
  },
  Conv2D: convolution(false),
  FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2D: convolution(true),
  Conv2DBackpropInput: toShape('inputShape', 'dy'),
  Conv2DBackpropFilter: toShape('filterShape', 'dy'),
  DepthwiseConv2dNativeBackpropInput: toShape('inputShape', 'dy'),
  DepthwiseConv2dNativeBackpropFilter: toShape('filterShape', 'dy'),
  Conv3D: (inputs, { strides, pad, dilations, dataFormat }) => {
    const x = input(inputs, 'x');
    const info = backend_util.computeConv3DInfo(
      x.shape as [number, number, number, number, number],
      input(inputs, 'filter').shape as [number, number, number, number, number],
      strides,
      dilations,
      pad,
      false,
      dataFormat === 'NCDHW' ? 'channelsFirst' : 'channelsLast',
    );
    return makeShaped(info.outShape, x.dtype);
  },
  Conv3DBackpropInputV2: toShape('inputShape', 'dy'),
  Conv3DBackpropFilterV2: toShape('filterShape', 'dy'),
  CropAndResize: (inputs, { cropSize }) =>
    makeShaped(
      [input(inputs, 'boxes').shape[0] as number, cropSize[0], cropSize[1], input(inputs, 'image').shape[3] as number],
      'float32',
    ),
  DepthToSpace: (inputs, { blockSize, dataFormat }) => {
    const { shape, dtype } = onlyInput(inputs);
    const [a, b, c, d] = shape as [number, number, number, number];
    return makeShaped(
      dataFormat === 'NHWC'
        ? [a, b * blockSize, c * blockSize, d / (blockSize * blockSize)]
        : [a, b / (blockSize * blockSize), c * blockSize, d * blockSize],
      dtype,
    );
  },
  Diag: (inputs) => {
    const { shape, dtype } = onlyInput(inputs);
    return makeShaped([...shape, ...shape], dtype);
  },
  Dilation2D: (inputs, { strides, pad, dilations }) => {
    const x = input(inputs, 'x');
    const info = backend_util.computeDilation2DInfo(
      x.shape as [number, number, number, number],
      input(inputs, 'filter').shape as [number, number, number],
      strides,
      pad,
      'NHWC',
      dilations,
    );
    return makeShaped(info.outShape, x.dtype);
  },
  Dilation2DBackpropInput: sameAs('x'),
  Dilation2DBackpropFilter: sameAs('filter'),
  Einsum: (inputs, { equation }) => {
    const list = Object.values(inputs);
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, list.length);
    const output = equation.slice(equation.indexOf('->') + 2) as string;
    const sizes = new Map<string, number>();
    list.forEach((tensor, each) => {
      (idDims[each] as number[]).forEach((id, dim) => {
        sizes.set(allDims[id] as string, tensor.shape[dim] as number);
      });
    });
    return makeShaped(
      [...output.replace(/\s/g, '')].map((letter) => sizes.get(letter) as number),
      (list[0] as TensorInfo).dtype,
    );
  },
  ExpandDims: (inputs, { dim }) => {
    const { shape, dtype } = onlyInput(inputs);
    const at = from(dim, shape.length + 1);
    return makeShaped([...shape.slice(0, at), 1, ...shape.slice(at)], dtype);
  },
  Fill: creation(),
  FusedBatchNorm: sameAs('x'),
  GatherV2: (inputs, { axis, batchDims }) => {
    const [x, indices] = [input(inputs, 'x'), input(inputs, 'indices')];
    const at = util.parseAxisParam(axis, x.shape)[0] as number;
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      x as never,
      indices as never,
      at,
      (batchDims as number | undefined) ?? 0,
    );
    return makeShaped(info.outputShape, x.dtype);
  },
  GatherNd: (inputs) => {
    const [params, indices] = [input(inputs, 'params'), input(inputs, 'indices')];
    const depth = indices.shape[indices.shape.length - 1] as number;
    return makeShaped([...indices.shape.slice(0, -1), ...params.shape.slice(depth)], params.dtype);
  },
  LinSpace: (_, { num }) => makeShaped([num], 'float32'),
  Range: (_, { start, stop, step, dtype }) =>
    makeShaped([Math.max(Math.ceil((stop - start) / step), 0) || 0], (dtype as string | undefined) ?? 'float32'),
  MaxPoolWithArgmax: (inputs, attributes) => {
    const values = pool2d(inputs, attributes) as Shaped;
    return [values, makeShaped(values.shape, 'int32')];
  },
  MirrorPad: (inputs, { paddings }) => pad(onlyInput(inputs), paddings),
  PadV2: (inputs, { paddings }) => pad(onlyInput(inputs), paddings),
  Multinomial: (inputs, { numSamples }) => makeShaped([onlyInput(inputs).shape[0] as number, numSamples], 'int32'),
  OneHot: (inputs, { depth, dtype }) => makeShaped([...onlyInput(inputs).shape, depth], dtype ?? 'int32'),
  Pack: (inputs, { axis }) => {
    const list = Object.values(inputs);
    const { shape, dtype } = list[0] as TensorInfo;
    const at = from(axis, shape.length + 1);
    return makeShaped([...shape.slice(0, at), list.length, ...shape.slice(at)], dtype);
  },
  Unpack: (inputs, { axis }) => {
    const { shape, dtype } = onlyInput(inputs);
    const at = from(axis, shape.length);
    const rest = shape.filter((_, dim) => dim !== at);
    return Array.from({ length: shape[at] as number }, () => makeShaped(rest, dtype));
  },
  Reshape: (inputs, { shape }) => {
    const x = onlyInput(inputs);
    const size = util.sizeFromShape(x.shape);
    const into = util.inferFromImplicitShape(shape, size);
    util.assert(
      size === util.sizeFromShape(into),
      () =>
        `The new shape (${into}) has ${util.sizeFromShape(into)} elements and the old shape (${x.shape}) has ${size} ` +
        'elements. The new shape and old shape must have the same number of elements.',
    );
    return makeShaped(into, x.dtype);
  },
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
  ScatterNd: toShape('shape', 'updates'),
  TensorScatterUpdate: sameAs('tensor'),
  SearchSorted: (inputs) => makeShaped(input(inputs, 'values').shape, 'int32'),
  LowerBound: (inputs) => makeShaped(input(inputs, 'values').shape, 'int32'),
  UpperBound: (inputs) => makeShaped(input(inputs, 'values').shape, 'int32'),
  Select: (inputs) => {
    const [t, e] = [input(inputs, 't'), input(inputs, 'e')];
    return makeShaped(t.shape, upcast(t, e));
  },
  Slice: (inputs, { begin, size }) => {
    const x = onlyInput(inputs);
    const [start, sizes] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    slice_util.assertParamsValid(x, start, sizes);
    return makeShaped(sizes, x.dtype);
  },
  StridedSlice: (inputs, attributes) => {
    const x = onlyInput(inputs);
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const info = slice_util.sliceInfo(
      x.shape,
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    return makeShaped(info.finalShape, x.dtype);
  },
  SplitV: (inputs, { numOrSizeSplits, axis }) => {
    const x = onlyInput(inputs);
    const at = util.parseAxisParam(axis, x.shape)[0] as number;
    const sizes = backend_util.prepareSplitSize(x as never, numOrSizeSplits, at);
    return sizes.map((size) =>
      makeShaped(
        x.shape.map((each, dim) => (dim === at ? size : each)),
        x.dtype,
      ),
    );
  },
  SparseToDense: toShape('outputShape', 'sparseValues'),
  Tile: (inputs, { reps }) => {
    const { shape, dtype } = onlyInput(inputs);
    return makeShaped(
      shape.map((size, dim) => size * reps[dim]),
      dtype,
    );
  },
  TopK: (inputs, { k }) => {
    const { shape, dtype } = onlyInput(inputs);
    const found = [...shape.slice(0, -1), k as number];
    return [makeShaped(found, dtype), makeShaped(found, 'int32')];
  },
  Transform: (inputs, { outputShape }) => {
    const { shape, dtype } = input(inputs, 'image');
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const [h, w] = outputShape ?? [height, width];
    return makeShaped([batch, h, w, channels], dtype);
  },
  Transpose: (inputs, { perm }) => {
    const { shape, dtype } = onlyInput(inputs);
    return makeShaped(
      (perm as number[]).map((dim) => shape[dim] as number),
      dtype,
    );
  },
  UnsortedSegmentSum: (inputs, { numSegments }) => {
    const x = input(inputs, 'x');
    const rank = input(inputs, 'segmentIds').shape.length;
    return makeShaped([numSegments, ...x.shape.slice(rank)], x.dtype);
  },
  Orthogonal: creation('float32'),
  Eye: (_, { rows, columns, dtype }) => makeShaped([rows, columns], dtype),
};

const pad = ({ shape, dtype }: TensorInfo, paddings: readonly (readonly [number, number])[]): Shaped =>
  makeShaped(
    shape.map((size, dim) => {
      const [begin, end] = paddings[dim] as readonly [number, number];
      return size + begin + end;
    }),
    dtype,
  );

const namesIn = (names: string): string[] => names.split(/\s+/).filter((name) => name !== '');

const families: readonly (readonly [string, ShapeRule])[] = [
  [
    `Abs Acos Acosh Asin Asinh Atan Atanh Ceil ClipByValue Cos Cosh Cumprod Cumsum Elu Erf Exp Expm1 FlipLeftRight Floor
     Identity LeakyRelu Log Log1p LogSoftmax LRN MatrixBandPart Neg OnesLike Reciprocal Relu Relu6 Reverse RotateWithOffset
     Round Rsqrt Selu Sigmoid Sign Sin Sinh Softmax Softplus Sqrt Square Step Tan Tanh ZerosLike`,
    sameAs(),
  ],
  ['IsFinite IsInf IsNan LogicalNot', asType('bool')],
  ['Add Atan2 BitwiseAnd Maximum Minimum Mod Multiply Pow RealDiv SquaredDifference Sub', broadcast('a', 'b')],
  ['Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor NotEqual', broadcast('a', 'b', 'bool')],
  ['FloorDiv', broadcast('a', 'b', 'int32')],
  ['Prelu', broadcast('x', 'alpha', 'float32')],
  ['Max Min', reduction()],
  ['Sum Prod', reduction(undefined, true)],
  ['Mean', reduction('float32')],
  ['All Any', reduction('bool')],
  ['ArgMax ArgMin', indexAlong],
  ['AvgPool MaxPool', pool2d],
  ['AvgPool3D MaxPool3D', pool3d],
  ['AvgPoolGrad AvgPool3DGrad MaxPoolGrad MaxPool3DGrad', sameAs('input')],
  ['RandomUniform RandomNormal TruncatedNormal RandomGamma', creation()],
];
for (const [names, rule] of families) for (const name of namesIn(names)) rules[name] = rule;

/** Kernels without a place on a tape. */
const refusals: readonly (readonly [string, string])[] = [
  [
    `NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 RaggedGather RaggedRange RaggedTensorToTensor
     SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum Unique`,
    phrase('shapeByValues'),
  ],
  ['Draw FromPixels StaticRegexReplace StringNGrams StringSplit StringToHashBucketFast', phrase('noNumbers')],
  ['EluGrad LRNGrad ResizeBilinearGrad ResizeNearestNeighborGrad', phrase('backwardPass')],
  ['Pool', phrase('nameAlone')],
];
for (const [names, reason] of refusals) {
  for (const name of namesIn(names)) {
    rules[name] = () => {
      throw new KernelNotRead(name, reason);
    };
  }
}

/** Every kernel that has a rule. */
export const kernelsRead: readonly string[] = Object.keys(rules);

/**
 * The shapes and types that a kernel returns.
 * @throws KernelNotRead, and core's own errors where the inputs do not fit
 */
export function outputsOf(
  name: string,
  inputs: KernelInputs,
  attributes: KernelAttributes,
): readonly Shaped[] | Shaped {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (!rule) throw new KernelNotRead(name, phrase('noKernel'));
  return rule(inputs, attributes);
}
