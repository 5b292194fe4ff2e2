import assert from 'node:assert/strict';
import { detect } from '../../src/detect/detect';
import { testSyntax } from '../support/syntax';

/** Names that say an activation anywhere, by what they mean: typed from the libraries' pages, not from the catalogue. */
const unmistakable: Readonly<Record<string, string>> = {
  relu: 'relu ReLU',
  relu6: 'relu6 ReLU6',
  relu2: 'relu2 relu_squared squared_relu',
  leaky_relu: 'leaky_relu LeakyReLU lrelu',
  prelu: 'prelu PReLU',
  rrelu: 'rrelu RReLU',
  elu: 'elu ELU',
  celu: 'celu CELU',
  selu: 'selu SELU',
  gelu: 'gelu GELU gelu_new gelu_fast gelu_tanh gelu_pytorch_tanh gelu_python gelu_10 gelu_approximate',
  quick_gelu: 'quick_gelu quickgelu geglu-approximate',
  silu: 'silu SiLU swish linear-silu',
  mish: 'mish Mish',
  hard_mish: 'hard_mish',
  hardswish: 'hardswish Hardswish hard_swish h_swish',
  hardsigmoid: 'hardsigmoid Hardsigmoid hard_sigmoid h_sigmoid',
  hardtanh: 'hardtanh Hardtanh hard_tanh',
  hardshrink: 'hardshrink',
  softshrink: 'softshrink',
  tanhshrink: 'tanhshrink',
  softplus: 'softplus soft_plus',
  softsign: 'softsign soft_sign',
  logsigmoid: 'logsigmoid LogSigmoid log_sigmoid',
  geglu: 'geglu',
  swiglu: 'swiglu',
  reglu: 'reglu',
  xielu: 'xielu',
  star_relu: 'star_relu',
};
/** Names that other fields have too. */
const ambiguous: Readonly<Record<string, string>> = {
  sigmoid: 'sigmoid Sigmoid',
  tanh: 'tanh Tanh',
  softmax: 'softmax Softmax',
  log_softmax: 'log_softmax logsoftmax LogSoftmax',
  identity: 'linear identity Identity',
  laplace: 'laplace',
  glu: 'glu GLU',
  step: 'step',
  sine: 'sine sin',
};

/** The ways in which people write one name. */
function writings(name: string): string[] {
  const compact = name.replace(/[-_]/g, '');
  return [...new Set([name, name.toUpperCase(), name.toLowerCase(), name.replace(/[-_]/g, '-'), compact])];
}

const rows = (names: typeof ambiguous) =>
  Object.entries(names).flatMap(([id, words]) =>
    words.split(' ').flatMap((word) => writings(word).map((writing) => [id, writing] as const)),
  );

/** Where a field of any name holds a word. */
const anyField: readonly ((word: string) => string)[] = [
  (word) => `Block(8, kind="${word}")`,
  (word) => `Block(8, mlp_type=("${word}"))`,
  (word) => `settings = {"inner": "${word}"}`,
  (word) => `if self.kind == "${word}": pass`,
  (word) => `def build(width, mlp_type="${word}"): pass`,
  (word) => `flavour: str = "${word}"`,
];
/** Where only an activation is chosen. */
const choosing: readonly ((word: string) => string)[] = [
  (word) => `Block(8, act_layer="${word}")`,
  (word) => `Block(8, gate_layer="${word}")`,
  (word) => `Block(8, scoring_func="${word}")`,
  (word) => `Block(8, acti_type=("${word}", {"inplace": True}))`,
  (word) => `layer = resolve_act_layer(kwargs, "${word}")`,
  (word) => `layer = get_activation("${word}")`,
  (word) => `layer = ACT2FN["${word}"]`,
  (word) => `layer = ACTIVATIONS.get("${word}")`,
  (word) => `layer = kwargs.pop("act_layer", "${word}")`,
  (word) => `args.activation_fn = safe_getattr(args, "activation_fn", "${word}")`,
  (word) => `layer = config.act_fn.get("name", "${word}")`,
  (word) => `if activation.lower() in ("${word}", "none"): pass`,
  (word) => `for act in ["${word}"]: pass`,
  (word) => `config = {"act_cfg": {"type": "${word}"}}`,
  (word) => `hidden_act = "${word}" if wide else None`,
];
/** Where an ambiguous word is something else. */
const others: readonly ((word: string) => string)[] = [
  (word) => `Block(8, mode="${word}")`,
  (word) => `Block(8, beta_schedule="${word}", noise="${word}")`,
  (word) => `if self.mode == "${word}": pass`,
  (word) => `interpolate(x, mode="${word}")`,
  (word) => `settings = {"mode": "${word}"}`,
  (word) => `method = "${word}"`,
  (word) => `loss_fn = make("${word}")`,
];
/** Where any word is the name of a part, of a file or of an operator. */
const names: readonly ((word: string) => string)[] = [
  (word) => `name = "${word}"`,
  (word) => `extract(model, layer="${word}")`,
  (word) => `extract(model, target_layer="${word}")`,
  (word) => `if node.op == "${word}" or name == "${word}": pass`,
  (word) => `model.add_module("${word}", block)`,
  (word) => `Sequential(OrderedDict([("${word}", block)]))`,
  (word) => `print("${word}")`,
  (word) => `fuse(model, ["conv", "bn", "${word}"])`,
  (word) => `flags = {"${word}": True}`,
  (word) => `__all__ = ["${word}", "Block"]`,
];

async function found(statements: readonly string[]) {
  const text = ['import torch', ...statements].join('\n');
  const sites = await detect(testSyntax(), { file: 'a.py', text, version: 1 });
  return statements.map((_, index) => sites.filter(({ range }) => range.line === index + 1));
}

describe('names that choose', () => {
  const walk = async (all: readonly (readonly [string, string])[], places: typeof choosing) => {
    for (const write of places) {
      const statements = all.map(([, word]) => write(word));
      const sites = await found(statements);
      all.forEach(([id, word], index) => {
        const here = sites[index] ?? [];
        const seen = here.map(({ activation, form, text }) => `${activation} ${form} ${text}`);
        assert.deepEqual(seen, [`${id} string ${word}`], statements[index]);
      });
    }
  };

  it('every name in every writing, where only an activation is chosen', async () => {
    await walk([...rows(unmistakable), ...rows(ambiguous)], choosing);
  });

  it('what says an activation anywhere, in a field of any name', async () => {
    await walk(rows(unmistakable), anyField);
  });

  it('no word of modes, schedules and methods', async () => {
    for (const write of others) {
      const statements = rows(ambiguous).map(([, word]) => write(word));
      for (const [index, sites] of (await found(statements)).entries()) assert.deepEqual(sites, [], statements[index]);
    }
  });

  it('no name of a part, a file or an operator', async () => {
    for (const write of names) {
      const statements = [...rows(ambiguous), ...rows(unmistakable)].map(([, word]) => write(word));
      for (const [index, sites] of (await found(statements)).entries()) assert.deepEqual(sites, [], statements[index]);
    }
  });

  it('the keys of a table and what is registered are mentioned, not chosen', async () => {
    const all = [...rows(unmistakable), ...rows(ambiguous)];
    for (const write of [
      (word: string) => `ACT2CLS = {"${word}": Block}`,
      (word: string) => `Act.add_factory("${word}", Block)`,
      (word: string) => `@ACTIVATIONS.register_module("${word}")\ndef make(): pass`,
    ]) {
      for (const [id, word] of all) {
        const sites = await found([write(word)]);
        assert.deepEqual(
          sites.flat().map(({ activation, form }) => `${activation} ${form}`),
          [`${id} mention`],
          write(word),
        );
      }
    }
  });

  it('members of enumerations', async () => {
    const all = [...rows(unmistakable), ...rows(ambiguous)].filter(([, word]) => /^\w+$/.test(word));
    for (const holder of ['Act', 'ActivationType', 'enums.Activation']) {
      const statements = all.map(([, word]) => `Unet(8, ${holder}.${word})`);
      for (const [index, [site, more]] of (await found(statements)).entries()) {
        assert.equal(`${site?.activation} ${site?.form} ${more}`, `${all[index]?.[0]} member undefined`);
      }
    }
  });
});
