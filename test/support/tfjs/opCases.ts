/** Ops of TensorFlow.js with operands drawn at random: code of a function whose operands are variables. */
import { Draw, type LayerCase } from './layerCases';

const json = (value: unknown): string => JSON.stringify(value);

/** Writes operands down: each is a variable, whose place and order of dimensions a case takes by chance. */
class Operands {
  readonly lines: string[] = [];

  constructor(private readonly d: Draw) {}

  declare(expression: string): string {
    const name = `v${this.lines.length}`;
    this.lines.push(`const ${name} = ${expression};`);
    return name;
  }

  /** A tensor of floats that depends on a variable: the variable itself, something computed, or one laid out otherwise. */
  float(shape: readonly number[]): string {
    const { d } = this;
    const way = d.of(['weight', 'computed', 'turned'] as const);
    if (way === 'turned' && shape.length > 1) {
      const order = shape.map((_, dim) => dim);
      for (let i = order.length - 1; i > 0; i--) {
        const j = d.whole(0, i);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      // `order` says where each dimension of the tensor lies in the variable.
      const laid: number[] = [];
      order.forEach((at, dim) => {
        laid[at] = shape[dim] as number;
      });
      return `tf.transpose(${this.declare(`tf.variable(tf.zeros(${json(laid)}))`)}, ${json(order)})`;
    }
    const name = this.declare(`tf.variable(tf.zeros(${json(shape)}))`);
    return way === 'computed' ? `tf.neg(${name})` : name;
  }

  /** Whole numbers from 0 up to an end. */
  whole(shape: readonly number[], below: number): string {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, () => this.d.whole(0, below - 1));
    return this.declare(`tf.tensor(${json(values)}, ${json(shape)}, 'int32')`);
  }

  flags(shape: readonly number[]): string {
    return `tf.cast(${this.whole(shape, 2)}, 'bool')`;
  }
}

type OpDraw = (d: Draw, o: Operands) => string;

const any = (d: Draw, most = 4) => Array.from({ length: d.whole(0, most) }, () => d.whole(1, 4));
const deep = (d: Draw, least: number, most: number) =>
  Array.from({ length: d.whole(least, most) }, () => d.whole(1, 4));

/** Two shapes that are broadcast to each other. */
function pair(d: Draw): [number[], number[]] {
  const shape = any(d);
  const thin = shape.map((size) => (d.flag() ? size : 1)).slice(d.whole(0, shape.length));
  return d.flag() ? [shape, thin] : [thin, shape];
}

const unary =
  (op: string, prepare = (x: string) => x): OpDraw =>
  (d, o) =>
    `${op}(${prepare(o.float(any(d)))})`;
const positive = (x: string) => `tf.add(tf.abs(${x}), 0.25)`;
const large = (x: string) => `tf.add(tf.abs(${x}), 1.5)`;
/** Clear of a function's corners. */
const wide = (x: string) => `tf.mul(${x}, 5.3)`;

const binary =
  (op: string, prepare = (x: string) => x): OpDraw =>
  (d, o) => {
    const [a, b] = pair(d);
    return `${op}(${o.float(a)}, ${prepare(o.float(b))})`;
  };
const logical =
  (op: string): OpDraw =>
  (d, o) => {
    const [a, b] = pair(d);
    return `${op}(${o.flags(a)}, ${o.flags(b)})`;
  };

const axes = (d: Draw, rank: number) =>
  rank === 0 || d.flag() ? undefined : d.of([d.whole(0, rank - 1), [d.whole(0, rank - 1)], -1]);

const reduction =
  (op: string, prepare = (x: string) => x): OpDraw =>
  (d, o) => {
    const shape = deep(d, 1, 4);
    return `${op}(${prepare(o.float(shape))}, ${json(axes(d, shape.length)) ?? 'undefined'}, ${d.flag()})`;
  };

const image = (d: Draw) => [d.whole(1, 2), d.whole(4, 6), d.whole(4, 6), d.whole(1, 3)];
const padding = (d: Draw) => d.of(['valid', 'same']);
const fused = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

/** An op, and an expression of it. Some stand twice, under another name, for another way to call them. */
export const opDraws: Readonly<Record<string, OpDraw>> = {
  ...Object.fromEntries(
    'abs atan ceil cos cosh erf exp expm1 floor neg relu relu6 round selu sigmoid sign sin sinh softplus square step tan tanh elu leakyRelu logSigmoid zerosLike onesLike clone isFinite isInf isNaN asinh'
      .split(' ')
      .map((name) => [name, unary(`tf.${name}`, wide)]),
  ),
  // A variable that is read, written and read again, also with what another began with: no gradient goes past that.
  assign: (d, o) => {
    const shape = any(d);
    const [value, held] = [o.float(shape), o.declare(`tf.variable(tf.zeros(${json(shape)}), false)`)];
    return `tf.add(tf.mul(${held}, ${value}), (${held}.assign(${value}), tf.mul(${held}, 2)))`;
  },
  acos: unary('tf.acos'),
  asin: unary('tf.asin'),
  atanh: unary('tf.atanh'),
  acosh: unary('tf.acosh', large),
  log: unary('tf.log', positive),
  log1p: unary('tf.log1p', positive),
  reciprocal: unary('tf.reciprocal', positive),
  rsqrt: unary('tf.rsqrt', positive),
  sqrt: unary('tf.sqrt', positive),
  logicalNot: (d, o) => `tf.logicalNot(${o.flags(any(d))})`,
  cast: (d, o) => `tf.cast(tf.mul(${o.float(any(d))}, 9), ${json(d.of(['int32', 'bool', 'float32']))})`,
  clipByValue: (d, o) => `tf.clipByValue(${o.float(any(d))}, -0.2, ${d.of(['0.3', '6', 'Infinity'])})`,
  'leakyRelu alpha': (d, o) => `tf.leakyRelu(${o.float(any(d))}, 0.37)`,
  'step alpha': (d, o) => `tf.step(${o.float(any(d))}, 0.37)`,
  softmax: (d, o) => `tf.softmax(${o.float(deep(d, 1, 4))})`,
  logSoftmax: (d, o) => `tf.logSoftmax(${o.float(deep(d, 1, 4))})`,
  prelu: (d, o) => {
    const shape = deep(d, 1, 4);
    const slope = d.of([shape.slice(-1), shape, shape.map((size, dim) => (dim === 0 ? 1 : size)), [1]]);
    return `tf.prelu(${o.float(shape)}, ${o.float(slope)})`;
  },
  ...Object.fromEntries(
    'add sub mul maximum minimum squaredDifference greater greaterEqual less lessEqual equal notEqual'
      .split(' ')
      .map((name) => [name, binary(`tf.${name}`)]),
  ),
  div: binary('tf.div', positive),
  divNoNan: binary('tf.divNoNan', positive),
  floorDiv: binary('tf.floorDiv', positive),
  mod: binary('tf.mod', positive),
  atan2: binary('tf.atan2', positive),
  pow: (d, o) => {
    const [a, b] = pair(d);
    return `tf.pow(${positive(o.float(a))}, ${o.float(b)})`;
  },
  'div of integers': (d, o) => `tf.div(${o.whole(any(d), 9)}, tf.scalar(2, 'int32'))`,
  ...Object.fromEntries('logicalAnd logicalOr logicalXor'.split(' ').map((name) => [name, logical(`tf.${name}`)])),
  addN: (d, o) => {
    const shape = any(d);
    return `tf.addN([${[0, 1, 2].map(() => o.float(shape)).join(', ')}])`;
  },
  where: (d, o) => {
    const shape = deep(d, 1, 3);
    const condition = shape.map((size) => (d.flag() ? size : 1));
    return `tf.where(${o.flags(condition)}, ${o.float(shape)}, ${o.float(shape)})`;
  },
  ...Object.fromEntries('sum mean max min logSumExp'.split(' ').map((name) => [name, reduction(`tf.${name}`)])),
  prod: reduction('tf.prod', positive),
  all: (d, o) => `tf.all(${o.flags(deep(d, 1, 3))}, 0)`,
  any: (d, o) => `tf.any(${o.flags(deep(d, 1, 3))}, -1, true)`,
  argMax: (d, o) => {
    const shape = deep(d, 1, 4);
    return `tf.argMax(${o.float(shape)}, ${d.whole(0, shape.length - 1)})`;
  },
  argMin: (d, o) => `tf.argMin(${o.float(deep(d, 1, 4))}, -1)`,
  norm: (d, o) => `tf.norm(${o.float(deep(d, 1, 3))}, ${json(d.of([1, 2, 'euclidean']))}, ${d.of(['undefined', '0'])})`,
  moments: (d, o) => `tf.moments(${o.float(deep(d, 1, 4))}, [0], ${d.flag()})`,
  cumsum: (d, o) => `tf.cumsum(${o.float(deep(d, 1, 3))}, 0, ${d.flag()}, ${d.flag()})`,
  cumprod: (d, o) => `tf.cumprod(${positive(o.float(deep(d, 1, 3)))}, 0, ${d.flag()}, ${d.flag()})`,
  reshape: (d, o) => {
    const shape = deep(d, 1, 4);
    return `tf.reshape(${o.float(shape)}, ${json(d.of([[-1], [...shape.slice(0, -1), -1, 1], [1, ...shape], shape.toReversed()]))})`;
  },
  expandDims: (d, o) => {
    const shape = any(d);
    return `tf.expandDims(${o.float(shape)}, ${d.whole(-shape.length - 1, shape.length)})`;
  },
  squeeze: (d, o) => `tf.squeeze(${o.float([2, 1, 3, 1])}, ${d.of(['[1]', '[3]', '[1, 3]', 'undefined'])})`,
  transpose: (d, o) =>
    `tf.transpose(${o.float([2, 3, 4])}, ${d.of(['undefined', '[0, 2, 1]', '[2, 0, 1]', '[1, 2, 0]'])})`,
  concat: (d, o) => {
    const axis = d.whole(0, 2);
    const shape = [2, 3, 4];
    const other = shape.map((size, dim) => (dim === axis ? size + 1 : size));
    return `tf.concat([${o.float(shape)}, ${o.float(other)}], ${axis})`;
  },
  stack: (d, o) => `tf.stack([${o.float([2, 3])}, ${o.float([2, 3])}], ${d.whole(-1, 2)})`,
  unstack: (d, o) => `tf.unstack(${o.float([2, 3, 2])}, ${d.whole(-1, 2)})`,
  split: (d, o) => `tf.split(${o.float([2, 6, 3])}, ${d.of(['2', '[1, 2, 3]', '3'])}, 1)`,
  slice: (d, o) =>
    `tf.slice(${o.float([3, 4, 5])}, ${d.of(['1', '[1]', '[0, 2]', '[1, 1, 2]'])}, ${d.of(['-1', '[1]', '1'])})`,
  stridedSlice: (d, o) =>
    `tf.stridedSlice(${o.float([4, 5, 6])}, ${d.of([
      '[1, 0, 2], [3, 5, 6], [1, 2, 3]',
      '[-1, 1, 0], [-4, 4, 6], [-2, 1, 1]',
      '[0, 1, 0], [2, 3, 4], [1, 1, 1], 1, 4',
      '[1, 1], [3, 3], [1, 1], 0, 0, 0, 0, 1',
      '[0, 1], [2, 3], [1, 1], 0, 0, 1',
      '[1, 0, 1], [3, 1, 3], [1, 1, 1], 0, 0, 0, 2',
    ])})`,
  pad: (d, o) => `tf.pad(${o.float([2, 3])}, [[${d.whole(0, 2)}, 1], [0, ${d.whole(0, 2)}]], ${d.of(['0', '0.5'])})`,
  mirrorPad: (d, o) =>
    `tf.mirrorPad(${o.float([3, 4])}, [[1, 2], [2, ${d.whole(0, 2)}]], ${json(d.of(['reflect', 'symmetric']))})`,
  tile: (d, o) => `tf.tile(${o.float([2, 1, 3])}, ${d.of(['[1, 4, 1]', '[2, 1, 3]', '[3, 2, 1]'])})`,
  reverse: (d, o) => `tf.reverse(${o.float([2, 3, 4])}, ${d.of(['0', '[1, 2]', '-1', 'undefined'])})`,
  broadcastTo: (d, o) => `tf.broadcastTo(${o.float([3, 1])}, ${d.of(['[3, 4]', '[2, 3, 2]'])})`,
  spaceToBatchND: (_, o) => `tf.spaceToBatchND(${o.float([1, 3, 4, 2])}, [2, 2], [[1, 0], [0, 0]])`,
  batchToSpaceND: (_, o) => `tf.batchToSpaceND(${o.float([4, 2, 3, 2])}, [2, 2], [[1, 0], [0, 2]])`,
  depthToSpace: (_, o) => `tf.depthToSpace(${o.float([2, 2, 3, 8])}, 2)`,
  gather: (d, o) => {
    const shape = [3, 4, 2];
    const axis = d.whole(0, 2);
    return `tf.gather(${o.float(shape)}, ${o.whole(d.of([[3], [2, 2]]), shape[axis] as number)}, ${axis})`;
  },
  'gather in batches': (_, o) => `tf.gather(${o.float([2, 4, 3])}, ${o.whole([2, 3], 4)}, 1, 1)`,
  'gather of a table': (_, o) => `tf.gather(${o.float([5, 3])}, ${o.whole([2, 2], 5)})`,
  gatherND: (_, o) => `tf.gatherND(${o.float([3, 4, 2])}, ${o.whole([5, 2], 3)})`,
  oneHot: (d, o) => `tf.oneHot(${o.whole([2, 3], 4)}, 5, ${d.of(['1, 0', '2, -1'])}, 'float32')`,
  scatterND: (_, o) => `tf.scatterND(tf.tensor2d([[1], [3], [0]], [3, 1], 'int32'), ${o.float([3, 2])}, [5, 2])`,
  tensorScatterUpdate: (_, o) =>
    `tf.tensorScatterUpdate(${o.float([5, 2])}, tf.tensor2d([[1], [3]], [2, 1], 'int32'), ${o.float([2, 2])})`,
  sparseToDense: (_, o) => `tf.sparseToDense(tf.tensor1d([1, 3, 4], 'int32'), tf.mul(${o.float([3])}, 1), [6], 0.5)`,
  unsortedSegmentSum: (_, o) => `tf.unsortedSegmentSum(${o.float([4, 2])}, tf.tensor1d([0, 2, 0, 1], 'int32'), 3)`,
  topk: (d, o) => `tf.topk(${o.float([2, 5])}, ${d.whole(1, 5)})`,
  denseBincount: (d, o) =>
    `tf.denseBincount(${o.whole([2, 4], 5)}, ${d.of(['tf.tensor([])', 'tf.ones([2, 4])'])}, 5, ${d.flag()})`,
  bincount: (_, o) => `tf.bincount(${o.whole([6], 5)}, tf.ones([6]), 5)`,
  diag: (_, o) => `tf.diag(${o.float([3])})`,
  eye: (_, o) => `tf.add(tf.eye(3, 4), ${o.float([3, 4])})`,
  fill: (_, o) => `tf.add(tf.fill([2, 3], 0.5), ${o.float([3])})`,
  'ones and zeros': (_, o) => `tf.sub(tf.ones([2, 3]), tf.add(tf.zeros([3]), ${o.float([3])}))`,
  linspace: (_, o) => `tf.mul(tf.linspace(-1, 2, 5), ${o.float([5])})`,
  range: (_, o) => `tf.mul(tf.range(5, 0, -1), ${o.float([5])})`,
  conv1d: (d, o) => `tf.conv1d(${o.float([2, 7, 2])}, ${o.float([3, 2, 3])}, ${d.whole(1, 2)}, ${json(padding(d))})`,
  conv2d: (d, o) => {
    const shape = image(d);
    const channels = shape[3] as number;
    const pad = d.of(['"valid"', '"same"', '[[0, 0], [1, 2], [0, 1], [0, 0]]', '1']);
    return `tf.conv2d(${o.float(shape)}, ${o.float([d.whole(1, 3), d.whole(1, 3), channels, 2])}, ${d.of(['1', '2', '[1, 2]'])}, ${pad}${d.of(['', pad === '1' ? ", 'NHWC', 1, 'floor'" : ''])})`.replace(
      ', 1)',
      ", 1, 'NHWC', 1, 'floor')",
    );
  },
  'conv2d dilated': (d, o) =>
    `tf.conv2d(${o.float([1, 6, 6, 2])}, ${o.float([2, 3, 2, 2])}, 1, ${json(padding(d))}, 'NHWC', [2, 1])`,
  conv2dTranspose: (d, o) => {
    const same = d.flag();
    const shape = same ? '[1, 8, 6, 2]' : '[1, 9, 7, 2]';
    return `tf.conv2dTranspose(${o.float([1, 4, 3, 3])}, ${o.float([3, 3, 2, 3])}, ${shape}, 2, ${json(same ? 'same' : 'valid')})`;
  },
  depthwiseConv2d: (d, o) =>
    `tf.depthwiseConv2d(${o.float([1, 5, 6, 2])}, ${o.float([3, 2, 2, 2])}, ${d.whole(1, 2)}, ${json(padding(d))})`,
  separableConv2d: (d, o) =>
    `tf.separableConv2d(${o.float([1, 5, 6, 2])}, ${o.float([3, 2, 2, 2])}, ${o.float([1, 1, 4, 3])}, ${d.whole(1, 2)}, ${json(padding(d))})`,
  conv3d: (d, o) =>
    `tf.conv3d(${o.float([1, 4, 5, 4, 2])}, ${o.float([2, 2, 3, 2, 2])}, ${d.whole(1, 2)}, ${json(padding(d))})`,
  conv3dTranspose: (_, o) =>
    `tf.conv3dTranspose(${o.float([1, 2, 3, 2, 2])}, ${o.float([2, 2, 2, 3, 2])}, [1, 4, 6, 4, 3], 2, 'valid')`,
  avgPool: (d, o) => `tf.avgPool(${o.float(image(d))}, ${d.whole(1, 3)}, ${d.whole(1, 3)}, ${json(padding(d))})`,
  maxPool: (d, o) =>
    `tf.maxPool(${o.float(image(d))}, ${d.of(['2', '[3, 2]'])}, ${d.whole(1, 3)}, ${json(padding(d))})`,
  'maxPool rounding up': (_, o) => `tf.maxPool(${o.float([1, 5, 6, 2])}, 3, 2, 1, 'ceil')`,
  avgPool3d: (d, o) => `tf.avgPool3d(${o.float([1, 4, 5, 4, 2])}, 2, ${d.whole(1, 2)}, ${json(padding(d))})`,
  maxPool3d: (d, o) => `tf.maxPool3d(${o.float([1, 4, 5, 4, 2])}, 2, ${d.whole(1, 2)}, ${json(padding(d))})`,
  pool: (d, o) =>
    `tf.pool(${o.float([1, 6, 6, 2])}, 2, ${json(d.of(['max', 'avg']))}, 'valid', ${d.of(['1', '2'])}, 1)`,
  matMul: (d, o) => {
    const [ta, tb] = [d.flag(), d.flag()];
    const batch = d.of([[], [2], [2, 3]]);
    const a = [...batch, ...(ta ? [3, 2] : [2, 3])];
    const b = [...d.of([batch, batch.map(() => 1)]), ...(tb ? [4, 3] : [3, 4])];
    return `tf.matMul(${o.float(a)}, ${o.float(b)}, ${ta}, ${tb})`;
  },
  dot: (d, o) => `tf.dot(${o.float(d.of([[3], [2, 3]]))}, ${o.float(d.of([[3], [3, 4]]))})`,
  outerProduct: (_, o) => `tf.outerProduct(${o.float([3])}, ${o.float([4])})`,
  einsum: (d, o) =>
    d.of([
      () => `tf.einsum('bij,bjk->bik', ${o.float([2, 3, 4])}, ${o.float([2, 4, 2])})`,
      () => `tf.einsum('ij,kj->ik', ${o.float([3, 4])}, ${o.float([2, 4])})`,
      () => `tf.einsum('ijk->kj', ${o.float([2, 3, 4])})`,
      () => `tf.einsum('i,j->ji', ${o.float([3])}, ${o.float([4])})`,
      () => `tf.einsum('bhld,bhmd->bhlm', ${o.float([2, 2, 3, 2])}, ${o.float([2, 2, 4, 2])})`,
    ])(),
  'fused matMul': (d, o) => {
    const activation = d.of(fused);
    const slope = activation === 'prelu' ? `, preluActivationWeights: ${o.float([4])}` : '';
    return `tf.fused.matMul({ a: ${o.float([2, 3])}, b: ${o.float([3, 4])}, bias: ${o.float([4])}, activation: ${json(activation)}${slope} })`;
  },
  'fused conv2d': (d, o) => {
    const activation = d.of(fused);
    const slope = activation === 'prelu' ? `, preluActivationWeights: ${o.float([1, 1, 3])}` : '';
    const bias = d.flag() ? `, bias: ${o.float([3])}` : '';
    return `tf.fused.conv2d({ x: ${o.float([1, 5, 5, 2])}, filter: ${o.float([2, 2, 2, 3])}, strides: 1, pad: ${json(padding(d))}, activation: ${json(activation)}, leakyreluAlpha: 0.3${bias}${slope} })`;
  },
  'fused depthwiseConv2d': (d, o) =>
    `tf.fused.depthwiseConv2d({ x: ${o.float([1, 5, 5, 2])}, filter: ${o.float([2, 2, 2, 1])}, strides: 1, pad: 'same', bias: ${o.float([2])}, activation: ${json(d.of(['relu', 'linear', 'elu']))} })`,
  batchNorm: (d, o) => {
    const shape = deep(d, 2, 4);
    const row = [shape.at(-1) as number];
    const given = Array.from({ length: d.whole(0, 2) }, () => `, ${o.float(row)}`).join('');
    return `tf.batchNorm(${o.float(shape)}, ${o.float(row)}, ${positive(o.float(row))}${given})`;
  },
  localResponseNormalization: (d, o) =>
    `tf.localResponseNormalization(${o.float([1, 2, 3, 5])}, ${d.whole(1, 3)}, 1, 0.5, 0.75)`,
  resizeBilinear: (d, o) =>
    `tf.image.resizeBilinear(${o.float(image(d))}, [${d.whole(1, 9)}, ${d.whole(2, 9)}], ${d.of(['false', 'true', 'false, true'])})`,
  resizeNearestNeighbor: (d, o) =>
    `tf.image.resizeNearestNeighbor(${o.float(image(d))}, [${d.whole(1, 9)}, ${d.whole(2, 9)}], ${d.of(['false', 'true', 'false, true'])})`,
  flipLeftRight: (d, o) => `tf.image.flipLeftRight(${o.float(image(d))})`,
  cropAndResize: (d, o) =>
    `tf.image.cropAndResize(${o.float([1, 5, 6, 2])}, tf.tensor2d([[0.1, 0.2, 0.7, 0.9]]), tf.tensor1d([0], 'int32'), [${d.whole(1, 4)}, 3], ${json(d.of(['nearest', 'bilinear']))})`,
  grayscaleToRGB: (_, o) => `tf.image.grayscaleToRGB(${o.float([1, 2, 3, 1])})`,
  basicLSTMCell: (_, o) =>
    `tf.basicLSTMCell(tf.scalar(0.5), ${o.float([5, 12])}, ${o.float([12])}, ${o.float([2, 2])}, ${o.float([2, 3])}, ${o.float([2, 3])})`,
  bandPart: (_, o) => `tf.linalg.bandPart(${o.float([4, 4])}, 1, 2)`,
  meshgrid: (_, o) => `tf.meshgrid(${o.float([3])}, ${o.float([2])})`,
  'methods of tensors': (_, o) =>
    `${o.float([2, 5, 5, 1])}.conv2d(${o.float([3, 3, 1, 2])}, 1, 'same').relu().maxPool(2, 2, 'same').reshape([2, -1]).matMul(${o.float([18, 3])}).add(${o.float([3])}).softmax()`,
};

/** Ops whose gradient in the library is not the one of what they compute; finite differences of it are. */
const wrongGradients = new Set([
  'mirrorPad',
  'maxPool rounding up',
  'avgPool',
  'avgPool3d',
  'pool',
  'cumsum',
  'resizeBilinear',
  'resizeNearestNeighbor',
]);

/** A function of no inputs, which returns the expression. */
export function opCases(count: number, seed: number): LayerCase[] {
  const names = Object.keys(opDraws);
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length] as string;
    const d = new Draw(seed * 100_003 + index);
    const operands = new Operands(d);
    const expression = (opDraws[name] as OpDraw)(d, operands);
    const make = `(tf) => { ${operands.lines.join(' ')} return { target: () => ${expression}, inputs: [] }; }`;
    const gradients = wrongGradients.has(name) ? 'differences' : 'library';
    return { name: `${name} ${index}`, make, batch: 1, gradients };
  });
}
