/**
 * Code of every construct that can be nested deeply or be very long, for n steps. An activation stands where the
 * construct leads, or at each step.
 */
export type Make = (n: number) => string;

const list = (n: number, make: (i: number) => string, between = '') =>
  Array.from({ length: n }, (_, i) => make(i)).join(between);
const around = (n: number, open: string, inside: string, close: string) => open.repeat(n) + inside + close.repeat(n);
/** Blocks inside of blocks; their indentation alone is the square of their number, so there are fewer. */
const blocks = (n: number, line: (i: number) => string, last: string) => {
  const depth = Math.min(n, 1000);
  return `${list(depth, (i) => `${' '.repeat(i)}${line(i)}\n`)}${' '.repeat(depth)}${last}\n`;
};

const torch = (code: string) => `import torch\nfrom torch import nn\nimport torch.nn.functional as F\n${code}\n`;
const python =
  (code: Make): Make =>
  (n) =>
    torch(code(n));
const inFunction = (code: Make): Make => python((n) => `def f(x):\n    return ${code(n)}`);

export const pythonCode: Readonly<Record<string, Make>> = {
  parentheses: python((n) => `x = ${around(n, '(', 'nn.ReLU()', ')')}`),
  lists: python((n) => `x = ${around(n, '[', 'nn.ReLU()', ']')}`),
  tuples: python((n) => `x = ${around(n, '(', 'nn.ReLU()', ',)')}`),
  dictionaries: python((n) => `x = ${around(n, '{1: ', 'nn.ReLU()', '}')}`),
  not: python((n) => `x = ${'not '.repeat(n)}nn.ReLU()`),
  minus: inFunction((n) => `${'-'.repeat(n)}F.relu(x)`),
  'sum to the left': python((n) => `x = ${list(n, () => 'nn.ReLU()', ' + ')}`),
  'sum to the right': python((n) => `x = ${around(n, 'nn.ReLU() + (', 'nn.ReLU()', ')')}`),
  'power to the right': python((n) => `x = ${list(n, () => 'nn.ReLU()', ' ** ')}`),
  'sum of formulas': inFunction((n) => list(n, () => 'x * torch.sigmoid(x)', ' + ')),
  'sum of formulas to the right': inFunction((n) => around(n, 'x * torch.sigmoid(x) + (', 'x', ')')),
  and: python((n) => `x = ${list(n, () => 'nn.ReLU()', ' and ')}`),
  or: python((n) => `x = ${list(n, () => "'relu'", ' or ')}`),
  comparisons: python((n) => `ok = act ${list(n, () => "== 'relu'", ' ')}`),
  'comparisons of numbers': inFunction((n) => `(x > 0) * x ${list(n, () => '< 0.0')}`),
  'calls in calls': inFunction((n) => around(n, 'F.relu(', 'x', ')')),
  'formulas in formulas': inFunction((n) => around(n, 'x * torch.sigmoid(', 'x', ')')),
  'calls of calls': python((n) => `x = nn.ReLU${'()'.repeat(n)}`),
  'chained methods': inFunction((n) => `x${'.relu()'.repeat(n)}`),
  'chained formulas': inFunction((n) => `x${'.exp().add(1)'.repeat(n)}.log()`),
  attributes: python((n) => `x = nn${'.a'.repeat(n)}.ReLU()`),
  'attributes that are read': python((n) => `import onnx\ny = x * torch.sigmoid(x)\nx = nn${'.a'.repeat(n)}.ReLU`),
  subscripts: inFunction((n) => `F.relu(x${'[0]'.repeat(n)})`),
  'subscripts in subscripts': inFunction((n) => around(n, 'x[', 'F.relu(x)', ']')),
  lambdas: python((n) => `x = ${'lambda: '.repeat(n)}nn.ReLU()`),
  'lambdas with activations': python((n) => `x = ${list(n, (i) => `lambda a${i}: F.relu(a${i}) + `)}1`),
  comprehensions: inFunction((n) => around(n, '[', 'F.relu(x)', ' for x in x]')),
  'clauses of a comprehension': inFunction((n) => `[F.relu(x)${' for x in x'.repeat(n)}]`),
  conditions: python((n) => `x = ${'nn.ReLU() if a else '.repeat(n)}nn.ReLU()`),
  'conditions returned': inFunction((n) => `${'F.relu(x) if x else '.repeat(n)}F.relu(x)`),
  'formatted strings': python((n) => `x = ${around(Math.min(n, 5000), 'f"{', 'nn.ReLU()', '}"')}`),
  decorators: python((n) => `${list(n, () => '@g(nn.ReLU())\n')}def f(x):\n    return F.relu(x)`),
  functions: python((n) => blocks(n, (i) => `def f${i}(x):`, 'return F.relu(x)')),
  classes: python((n) => blocks(n, (i) => `class C${i}(nn.Module):`, 'act = nn.ReLU()')),
  if: python((n) => blocks(n, () => 'if x:', 'x = nn.ReLU()')),
  'if that returns': python(
    (n) =>
      `def f(x):\n${list(Math.min(n, 1000), (i) => `${' '.repeat(i + 1)}if x:\n${' '.repeat(i + 2)}pass\n${' '.repeat(i + 1)}else:\n`)}${' '.repeat(Math.min(n, 1000) + 1)}return F.relu(x)`,
  ),
  elif: python((n) => `if x:\n    a = nn.ReLU()\n${list(n, () => 'elif x:\n    a = nn.ReLU()\n')}`),
  with: python((n) => blocks(n, () => 'with x:', 'x = nn.ReLU()')),
  try: python(
    (n) => `${list(Math.min(n, 1000), (i) => `${' '.repeat(i)}try:\n`)}${' '.repeat(Math.min(n, 1000))}x = nn.ReLU()`,
  ),
  match: python((n) => `match act:\n${list(n, () => "    case 'relu':\n        x = nn.ReLU()\n")}`),
  'alternatives of a case': python((n) => `match act:\n    case ${list(n, () => "'relu'", ' | ')}:\n        x = 1`),
  assignments: python((n) => `${list(n, (i) => `a${i} = `)}nn.ReLU()`),
  'names of an import': python((n) => `from m import ${list(n, (i) => `a${i} as b${i}`, ', ')}\nx = nn.ReLU()`),
  imports: python((n) => `${list(n, () => 'from torch.nn import ReLU as R\n')}x = R()\n${list(n, () => 'x = R()\n')}`),
  'star imports': python((n) => `${list(n, (i) => `from m${i} import *\n`)}${list(n, () => 'x = ReLU()\n')}`),
  'strings in a call': python((n) => `act(${list(n, () => "'relu'", ', ')})`),
  'strings in a list': python((n) => `acts = [${list(n, () => "'relu'", ', ')}]`),
  'keywords of a call': python((n) => `f(${list(n, () => "act='relu'", ', ')})`),
  options: python((n) => `p.add_argument('--act', ${list(n, () => "default='relu'", ', ')})`),
  'arguments of a call': python((n) => `nn.Sequential(${list(n, () => 'nn.ReLU', ', ')})`),
  'calls in a line': inFunction((n) => `[${list(n, () => 'abs(x)', ', ')}]`),
  'calls in lines': python((n) => list(n, () => 'x = F.relu(x)\n')),
  'formulas in lines': python((n) => `def f(x):\n${list(n, () => '    x = x * torch.sigmoid(x)\n')}    return x`),
  'formulas by steps': python(
    (n) => `def f(x):\n${list(n, (i) => `    s${i} = torch.sigmoid(x)\n    x = x * s${i}\n`)}    return x`,
  ),
  'variables of variables': inFunction(
    (n) => `x\n    a0 = x\n${list(n, (i) => `    a${i + 1} = a${i} * a${i}\n`)}    return torch.sigmoid(a${n}) * a${n}`,
  ),
  'functions of one line': python((n) => list(n, (i) => `def f${i}(x):\n    return F.relu(x)\n`)),
  'uses of own functions': python((n) => list(n, (i) => `def f${i}(x):\n    return F.relu(x)\ny = f${i}(y)\n`)),
  'bases of a class': python((n) => `class A(${list(n, () => 'nn.ReLU', ', ')}):\n    pass`),
  modules: python((n) =>
    list(
      n,
      (i) =>
        `class M${i}(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(4, 4)\n        self.b = nn.Linear(4, 4)\n        self.n = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))\n    def forward(self, x):\n        return self.b(self.a(x))\n`,
    ),
  ),
  'layers of a module': python(
    (n) =>
      `class M(nn.Module):\n    def __init__(self):\n${list(n, (i) => `        self.l${i} = nn.Linear(4, 4)\n`)}    def forward(self, x):\n${list(n, (i) => `        x = self.l${i}(x)\n`)}        return x`,
  ),
  'layers called in calls': python(
    (n) =>
      `class M(nn.Module):\n    def __init__(self):\n${list(n, (i) => `        self.l${i} = nn.Linear(4, 4)\n`)}    def forward(self, x):\n        return ${list(n, (i) => `self.l${i}(`)}x${')'.repeat(n)}`,
  ),
  'sequences of layers': python((n) => `net = nn.Sequential(${list(n, () => 'nn.Linear(4, 4)', ', ')})`),
  sequences: python((n) => list(n, (i) => `n${i} = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))\n`)),
  losses: python(
    (n) =>
      `class M(nn.Module):\n    def forward(self, x):\n        return F.softmax(x, -1)\nm = M()\nloss = nn.CrossEntropyLoss()\n${list(n, () => 'l = loss(m(x), y)\n')}`,
  ),
  'loss on devices': python(
    (n) => `loss = nn.CrossEntropyLoss()${'.to(d)'.repeat(n)}\n${list(n, () => 'l = loss(F.softmax(x), y)\n')}`,
  ),
  'formulas by hand': python((n) => list(n, () => 'y = x * torch.sigmoid(x)\n')),
};

const tf =
  (code: Make): Make =>
  (n) =>
    `import * as tf from '@tensorflow/tfjs';\n${code(n)}\n`;
const dense = (activation: string) => `tf.layers.dense({ units: 1, activation: ${activation} })`;

export const typescriptCode: Readonly<Record<string, Make>> = {
  parentheses: tf((n) => `const x = ${around(n, '(', 'tf.relu(y)', ')')};`),
  arrays: tf((n) => `const x = ${around(n, '[', 'tf.relu(y)', ']')};`),
  objects: tf((n) => `const x = ${around(n, '{ a: ', dense("'relu'"), ' }')};`),
  not: tf((n) => `const x = ${'!'.repeat(n)}tf.relu(y);`),
  minus: tf((n) => `const x = ${'- '.repeat(n)}tf.relu(y);`),
  'sum to the left': tf((n) => `const x = ${list(n, () => 'tf.relu(y)', ' + ')};`),
  'sum to the right': tf((n) => `const x = ${around(n, 'tf.relu(y) + (', 'y', ')')};`),
  or: tf((n) => `const x = ${dense(list(n, () => "'relu'", ' || '))};`),
  conditions: tf((n) => `const x = ${dense(`${"a ? 'relu' : ".repeat(n)}'elu'`)};`),
  'calls in calls': tf((n) => `const x = ${around(n, 'tf.relu(', 'y', ')')};`),
  'formulas in formulas': tf((n) => `const x = ${around(n, 'tf.mul(y, tf.sigmoid(', 'y', '))')};`),
  'sum of formulas': tf((n) => `const x = ${around(n, 'tf.add(tf.mul(y, tf.sigmoid(y)), ', 'y', ')')};`),
  'calls of calls': tf((n) => `const x = tf.relu${'()'.repeat(n)};`),
  'chained methods': tf((n) => `const x = y${'.relu()'.repeat(n)};`),
  "chained methods of TF.js's": tf((n) => `const x = tf.tensor(y)${'.relu()'.repeat(n)};`),
  'chained formulas': tf((n) => `const x = tf.tensor(y)${'.exp().add(1)'.repeat(n)}.log();`),
  'products of formulas': tf((n) => `const x = tf.tensor(y)${'.mul(y.sigmoid())'.repeat(n)};`),
  properties: tf((n) => `const x = tf${'.a'.repeat(n)}.relu(y);`),
  'optional chain': tf((n) => `const x = tf${'?.a'.repeat(n)}?.relu(y);`),
  subscripts: tf((n) => `const x = tf.relu(y${'[0]'.repeat(n)});`),
  'arrow functions': tf((n) => `const x = ${'() => '.repeat(n)}tf.relu(y);`),
  'arrow functions with activations': tf((n) => `const x = ${list(n, () => '(x) => tf.relu(x) + ')}1;`),
  functions: tf((n) => `${list(n, () => 'function f(x) {\n')}return tf.relu(x);\n${'}'.repeat(n)}`),
  classes: tf((n) => `const x = ${around(n, 'class { a = ', dense("'relu'"), '; }')};`),
  callbacks: tf((n) => `${around(n, 'f(() => { ', 'tf.relu(x)', ' });')}`),
  if: tf((n) => `${'if (x) {'.repeat(n)} tf.relu(y); ${'}'.repeat(n)}`),
  'else if': tf((n) => `if (a) tf.relu(y);\n${list(n, () => 'else if (a) tf.relu(y);\n')}`),
  'template strings': tf((n) => `const x = ${around(Math.min(n, 5000), '`${', 'tf.relu(y)', '}`')};`),
  'parts of a template string': tf((n) => `const x = \`${`\${tf.relu(y)}`.repeat(n)}\`;`),
  'union of strings': tf(
    (n) => `type A = ${list(n, () => "'relu'", ' | ')};\nfunction f(a: A) { return ${dense('a')}; }`,
  ),
  'union of types': tf((n) => `function f(x: ${list(n, (i) => `T${i}`, ' | ')}) {\n${list(n, () => 'x.relu();\n')}}`),
  'type assertions': tf((n) => `const x = tf.relu(y${' as any'.repeat(n)});`),
  'types in types': tf((n) => `const x: ${around(n, 'A<', 'B', '>')} = tf.relu(y);`),
  'non-null assertions': tf((n) => `const x = tf.relu(y${'!'.repeat(n)});`),
  'names of an import': tf(
    (n) => `import { ${list(n, (i) => `a${i} as b${i}`, ', ')} } from 'm';\nconst x = tf.relu(y);`,
  ),
  'activations of an import': tf(
    (n) => `${list(n, (i) => `import { relu as r${i} } from '@tensorflow/tfjs';\nr${i}(x);\n`)}`,
  ),
  'strings in a call': tf((n) => `f(${list(n, () => "'relu'", ', ')});`),
  'strings in an array': tf((n) => `for (const a of [${list(n, () => "'relu'", ', ')}]) ${dense('a')};`),
  'properties of an object': tf(
    (n) => `const A = { ${list(n, (i) => `k${i}: 'relu'`, ', ')} };\n${list(n, (i) => `${dense(`A.k${i}`)};\n`)}`,
  ),
  'spreads of an object': tf(
    (n) => `const a = { activation: 'relu' };\ntf.layers.dense({ ${list(n, () => '...a', ', ')} });`,
  ),
  'fields of a class': tf(
    (n) => `class Q {\n${list(n, (i) => `p${i} = 'relu';\n`)}m() {\n${list(n, (i) => `${dense(`this.p${i}`)};\n`)}}\n}`,
  ),
  'cases of an enum': tf(
    (n) => `enum A { ${list(n, (i) => `K${i} = 'relu'`, ', ')} }\n${list(n, (i) => `${dense(`A.K${i}`)};\n`)}`,
  ),
  'assignments of a variable': tf((n) => `let a = 'relu';\n${list(n, () => `a = 'relu';\n${dense('a')};\n`)}`),
  'variables of variables': tf(
    (n) =>
      `const a0 = 2;\n${list(n, (i) => `const a${i + 1} = a${i} * a${i};\n`)}const x = tf.layers.leakyReLU({ alpha: a${n} });`,
  ),
  'tensors of tensors': tf((n) => `let x = y;\nlet y = x;\n${list(n, () => 'x = y;\ny = x;\n')}y.relu();`),
  'formulas of variables': tf(
    (n) =>
      `const a0 = tf.exp(y);\n${list(n, (i) => `const a${i + 1} = tf.mul(a${i}, a${i});\n`)}const x = tf.mul(y, tf.sigmoid(a${n}));`,
  ),
  'calls in a line': tf((n) => `const x = [${list(n, () => 'tf.abs(y)', ', ')}];`),
  'calls in lines': tf((n) => list(n, (i) => `const x${i} = tf.relu(y);\n`)),
  'methods in lines': tf((n) => `const x = f();\n${list(n, () => 'x.relu();\n')}`),
  'formulas in lines': tf((n) => list(n, (i) => `const x${i} = tf.mul(y, tf.sigmoid(y));\n`)),
  'functions of one line': tf((n) =>
    list(n, (i) => `function f${i}(x) { return tf.mul(x, tf.sigmoid(x)); }\nf${i}(y);\n`),
  ),
  'parameters by one name': tf((n) => list(n, () => '((input) => tf.relu(input))(y);\n')),
};

export const tsxCode: Readonly<Record<string, Make>> = {
  elements: tf((n) => `const x = ${around(n, '<div>', '{tf.relu(y)}', '</div>')};`),
  'elements beside each other': tf((n) => `const x = <div>${'<p a={tf.relu(y)} />'.repeat(n)}</div>;`),
  attributes: tf((n) => `const x = <p ${list(n, (i) => `a${i}={tf.relu(y)}`, ' ')} />;`),
};
