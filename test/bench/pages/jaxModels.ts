/** The models of test/fixtures/bench/peers.py in jax-js, from PyTorch's weights. Whole steps are compiled by its `jit`. */
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { type Batch, isKept, type Peer, type Weights } from './peer';

type Arrays = { [name: string]: np.Array };

/** What a model's formulas are written with. */
interface Scope {
  /** A weight by its name. */
  readonly w: (name: string) => np.Array;
  readonly training: boolean;
  /** Takes a running statistic of the batch down. */
  readonly keep: (name: string, now: np.Array) => void;
}

interface JaxModel {
  readonly classes: number;
  readonly output: (scope: Scope, x: np.Array) => np.Array;
  /** Logits in rows, as the targets are; the output itself unless given. */
  readonly rows?: (output: np.Array) => np.Array;
  /** The classes to be told; the batch's target unless given. */
  readonly targets?: (batch: Batch) => Int32Array;
}

const linear = ({ w }: Scope, x: np.Array, name: string) =>
  np.matmul(x, w(`${name}.weight`).transpose()).add(w(`${name}.bias`));

const conv = ({ w }: Scope, x: np.Array, name: string, stride: number, padding: number) =>
  lax.convGeneralDilated(
    x,
    w(`${name}.weight`),
    [stride, stride],
    [
      [padding, padding],
      [padding, padding],
    ],
  );

const biased = ({ w }: Scope, x: np.Array, name: string) => x.add(w(`${name}.bias`).reshape([-1, 1, 1]));
const layer = (scope: Scope, x: np.Array, name: string) => nn.relu(biased(scope, conv(scope, x, name, 1, 1), name));

function halved(x: np.Array): np.Array {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  return x.reshape([n, c, height / 2, 2, width / 2, 2]).max([3, 5]);
}

function layerNorm({ w }: Scope, x: np.Array, name: string): np.Array {
  return nn
    .standardize(x, -1)
    .mul(w(`${name}.weight`))
    .add(w(`${name}.bias`));
}

function batchNorm({ w, training, keep }: Scope, x: np.Array, name: string): np.Array {
  const channels = (value: np.Array) => value.reshape([1, -1, 1, 1]);
  const [scale, offset] = [channels(w(`${name}.weight`)), channels(w(`${name}.bias`))];
  if (!training) {
    const [mean, variance] = [channels(w(`${name}.running_mean`)), channels(w(`${name}.running_var`))];
    return x
      .sub(mean)
      .div(np.sqrt(variance.add(1e-5)))
      .mul(scale)
      .add(offset);
  }
  const count = x.size / (x.shape[1] ?? 1);
  const mean = x.ref.mean([0, 2, 3], { keepdims: true });
  const centred = x.sub(mean.ref);
  const variance = np.square(centred.ref).mean([0, 2, 3], { keepdims: true });
  keep(`${name}.running_mean`, mean.reshape([-1]));
  keep(`${name}.running_var`, variance.ref.reshape([-1]).mul(count / (count - 1)));
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(scale)
    .add(offset);
}

function residual(scope: Scope, x: np.Array, name: string, stride: number): np.Array {
  const y = nn.relu(batchNorm(scope, conv(scope, x.ref, `${name}.conv1`, stride, 1), `${name}.bn1`));
  const z = batchNorm(scope, conv(scope, y, `${name}.conv2`, 1, 1), `${name}.bn2`);
  const short = stride === 1 ? x : batchNorm(scope, conv(scope, x, `${name}.short.0`, stride, 0), `${name}.short.1`);
  return nn.relu(z.add(short));
}

function attention(scope: Scope, x: np.Array, name: string): np.Array {
  const [n = 1, t = 1, width = 1] = x.shape;
  const heads = 4;
  const qkv = linear(scope, x, `${name}.qkv`)
    .reshape([n, t, 3, heads, width / heads])
    .transpose([2, 0, 3, 1, 4]);
  const [q, k, v] = [qkv.ref.slice(0), qkv.ref.slice(1), qkv.slice(2)];
  const hidden = np.triu(np.ones([t, t]), 1).mul(-1e9);
  const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads));
  const y = np.matmul(nn.softmax(scores.add(hidden), -1), v);
  return linear(scope, y.transpose([0, 2, 1, 3]).reshape([n, t, width]), `${name}.out`);
}

function block(scope: Scope, x: np.Array, name: string): np.Array {
  const attended = x.ref.add(attention(scope, layerNorm(scope, x, `${name}.norm1`), name));
  const h = linear(scope, layerNorm(scope, attended.ref, `${name}.norm2`), `${name}.up`);
  return attended.add(linear(scope, nn.silu(h), `${name}.down`));
}

const models: { readonly [name: string]: JaxModel } = {
  SmallCNN: {
    classes: 10,
    output(scope, x) {
      const h = halved(layer(scope, halved(layer(scope, x, 'conv1')), 'conv2'));
      return linear(scope, h.reshape([h.shape[0] ?? 1, -1]), 'head');
    },
  },
  MLP: {
    classes: 10,
    output: (scope, x) => linear(scope, np.tanh(linear(scope, np.tanh(linear(scope, x, 'fc1')), 'fc2')), 'head'),
  },
  SmallGPT: {
    classes: 64,
    output(scope, x) {
      const embedded = np.take(scope.w('tokens.weight'), x, 0).add(scope.w('places'));
      const last = ['blocks.0', 'blocks.1'].reduce((h, name) => block(scope, h, name), embedded);
      return linear(scope, layerNorm(scope, last, 'norm'), 'head');
    },
    // Each place tells the next token.
    rows: (output) => output.slice([], [0, -1]).reshape([-1, 64]),
    targets: ({ shape: [, t = 1], input }) => Int32Array.from(input).filter((_, i) => i % t > 0),
  },
  SmallResNet: {
    classes: 10,
    output(scope, x) {
      const stem = nn.relu(batchNorm(scope, conv(scope, x, 'stem', 1, 1), 'bn'));
      const last = [1, 2, 2].reduce((h, stride, i) => residual(scope, h, `blocks.${i}`, stride), stem);
      return linear(scope, last.mean([2, 3]), 'head');
    },
  },
  SmallUNet: {
    classes: 4,
    output(scope, x) {
      const a = layer(scope, x, 'down1');
      const b = layer(scope, halved(a.ref), 'down2');
      const c = layer(scope, halved(b.ref), 'middle');
      const none: [number, number] = [0, 0];
      const made = lax.convTranspose(c, scope.w('lift.weight'), [2, 2], [none, none], { transposeKernel: true });
      const y = layer(scope, np.concatenate([biased(scope, made, 'lift'), b], 1), 'up2');
      const lifted = np.repeat(np.repeat(y, 2, 2), 2, 3);
      const z = layer(scope, np.concatenate([lifted, a], 1), 'up1');
      return biased(scope, conv(scope, z, 'head', 1, 0), 'head');
    },
    rows: (output) => output.transpose([0, 2, 3, 1]).reshape([-1, 4]),
  },
};

function floats(data: Float32Array, shape: readonly number[]): np.Array {
  return np.array(Float32Array.from(data), { shape: [...shape] });
}

/**
 * @param name of the class in peers.py
 * @throws Error where jax-js lacks an operator, which names it
 */
export async function jaxPeer(name: string, weights: Weights, batch: Batch, rate: number): Promise<Peer> {
  const model = models[name];
  if (!model) throw new RangeError(`there is no ${name} in jax-js here`);
  const { classes, output, rows = (logits) => logits, targets = ({ target }) => target } = model;
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js has no WebGPU here');
  defaultDevice('webgpu');
  const named = (wanted: (name: string) => boolean): Arrays =>
    Object.fromEntries(
      Object.entries(weights).flatMap(([key, { data, shape }]) => (wanted(key) ? [[key, floats(data, shape)]] : [])),
    );
  let [parameters, kept] = [named((key) => !isKept(key)), named(isKept)];
  const shape = [...batch.shape];
  const x =
    batch.input instanceof Float32Array
      ? floats(batch.input, shape)
      : np.array(Int32Array.from(batch.input), { shape, dtype: np.int32 });
  const told = targets(batch);
  const oneHot = new Float32Array(told.length * classes);
  for (const [row, each] of told.entries()) oneHot[row * classes + each] = 1;
  const labels = floats(oneHot, [told.length, classes]);

  const find = (from: Arrays, key: string) => {
    const found = from[key];
    if (!found) throw new RangeError(`there is no weight ${key}`);
    return found.ref;
  };
  const lossOf = (given: Arrays, before: Arrays, input: np.Array, wanted: np.Array): [np.Array, Arrays] => {
    const after: Arrays = {};
    const keep = (key: string, now: np.Array) => {
      after[key] = find(before, key).mul(0.9).add(lax.stopGradient(now).mul(0.1));
    };
    const logits = rows(output({ w: (key) => find(given, key), training: true, keep }, input));
    tree.dispose(given);
    tree.dispose(before);
    return [nn.logSoftmax(logits, -1).mul(wanted).sum(-1).mean().neg(), after];
  };
  const stepped = jit(
    (given: Arrays, before: Arrays, input: np.Array, wanted: np.Array): [np.Array, Arrays, Arrays] => {
      const [[loss, after], gradients] = valueAndGrad(lossOf, { hasAux: true })(
        tree.ref(given),
        before,
        input,
        wanted,
      ) as unknown as [[np.Array, Arrays], Arrays];
      return [
        loss,
        tree.map((value: np.Array, slope: np.Array) => value.sub(slope.mul(rate)), given, gradients),
        after,
      ];
    },
  );
  const passed = jit((given: Arrays, before: Arrays, input: np.Array): np.Array => {
    const w = (key: string) => find(isKept(key) ? before : given, key);
    const made = output({ w, training: false, keep: () => {} }, input);
    tree.dispose(given);
    tree.dispose(before);
    return made;
  });
  return {
    async step() {
      // It takes what it is given; what it gives back stands in their place.
      const [loss, next, after] = stepped(parameters, kept, x.ref, labels.ref);
      [parameters, kept] = [next, after];
      return (await loss.data())[0] ?? Number.NaN;
    },
    async forward() {
      const made = passed(tree.ref(parameters), tree.ref(kept), x.ref);
      await made.blockUntilReady();
      made.dispose();
    },
  };
}
