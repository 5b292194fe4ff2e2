/** Activations in the ways in which people write them out, as Python: of `x`, in expressions and in statements. */
import type { ActivationParameters } from '../../src/graph/types';

export interface SpelledOut {
  readonly activation: string;
  readonly parameters?: ActivationParameters;
  /** Expressions of `x`; statements before them end with a semicolon. */
  readonly ways: readonly string[];
  /** Its derivative, for a backward of one's own. */
  readonly slope?: string;
}

const relu6 = 'F.relu6(x + 3)';
const cubic = '(x + 0.044715 * x ** 3)';

export const spelledOut: readonly SpelledOut[] = [
  {
    activation: 'silu',
    ways: [
      'x * torch.sigmoid(x)',
      'torch.sigmoid(x) * x',
      'x * x.sigmoid()',
      'x.mul(x.sigmoid())',
      'x / (1 + torch.exp(-x))',
      'x * (1 / (1 + (-x).exp()))',
      's = torch.sigmoid(x); x * s',
      'x * 0.5 * (1 + torch.tanh(x / 2))',
      'x * torch.nn.Sigmoid()(x)',
      'torch.mul(x, torch.sigmoid(1.0 * x))',
    ],
    slope: 'torch.sigmoid(x) * (1 + x * (1 - torch.sigmoid(x)))',
  },
  {
    activation: 'swish_beta',
    parameters: { beta: 1.5 },
    ways: ['x * torch.sigmoid(1.5 * x)', 'x / (1 + torch.exp(-1.5 * x))', 'beta = 1.5; x * (beta * x).sigmoid()'],
  },
  {
    activation: 'quick_gelu',
    ways: ['x * torch.sigmoid(1.702 * x)', 'torch.sigmoid(x * 1.702) * x'],
  },
  {
    activation: 'mish',
    ways: [
      'x * torch.tanh(F.softplus(x))',
      'x.mul(F.softplus(x).tanh())',
      'x * torch.tanh(torch.log(1 + torch.exp(x)))',
      'x * torch.tanh(torch.log1p(torch.exp(x)))',
      'e = torch.exp(x); x * (e * e + 2 * e) / (e * e + 2 * e + 2)',
      't = F.softplus(x); t = torch.tanh(t); x * t',
    ],
    slope: 'torch.tanh(F.softplus(x)) + x * torch.sigmoid(x) * (1 - torch.tanh(F.softplus(x)) ** 2)',
  },
  {
    activation: 'gelu',
    parameters: { approximate: 'none' },
    ways: [
      '0.5 * x * (1 + torch.erf(x / math.sqrt(2)))',
      'x * 0.5 * (1.0 + torch.erf(x / 1.41421))',
      'x * (torch.erf(x * 0.7071067811865476) + 1) / 2',
      'x * 0.5 * torch.erfc(-x / math.sqrt(2.0))',
      'cdf = 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0))); x * cdf',
      'x * torch.special.ndtr(x)',
    ],
    slope: '0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)',
  },
  {
    activation: 'gelu',
    parameters: { approximate: 'tanh' },
    ways: [
      `0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * ${cubic}))`,
      '0.5 * x * (1 + torch.tanh(0.7978845608 * x * (1 + 0.044715 * x * x)))',
      'x * (1 + torch.tanh(0.79788456 * (x + 0.044715 * torch.pow(x, 3)))) * 0.5',
      'inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * x.pow(3)); 0.5 * x * (1.0 + inner.tanh())',
      'x * torch.sigmoid(1.5957691216 * (x + 0.044715 * x ** 3))',
    ],
  },
  {
    activation: 'hardswish',
    ways: [
      `x * ${relu6} / 6`,
      `x * (${relu6} / 6)`,
      'x * torch.clamp(x + 3, 0, 6) / 6',
      'x * (x + 3).clamp(min=0, max=6).div(6)',
      'x * F.hardtanh(x + 3, 0.0, 6.0) / 6.0',
      'x * F.hardsigmoid(x)',
    ],
  },
  {
    activation: 'hardsigmoid',
    ways: [`${relu6} / 6`, 'torch.clamp(x / 6 + 0.5, 0, 1)', '(x + 3).clamp(0, 6) / 6'],
  },
  {
    activation: 'relu2',
    ways: [
      'F.relu(x) ** 2',
      'torch.square(torch.relu(x))',
      'x * F.relu(x)',
      'x.clamp(min=0) ** 2',
      'torch.relu(x).pow(2)',
    ],
  },
  {
    activation: 'softplus',
    ways: [
      'torch.log(1 + torch.exp(x))',
      'torch.log1p(x.exp())',
      '-F.logsigmoid(-x)',
      'F.relu(x) + torch.log1p(torch.exp(-x.abs()))',
    ],
  },
  {
    activation: 'sigmoid',
    ways: [
      '1 / (1 + torch.exp(-x))',
      'torch.exp(x) / (1 + torch.exp(x))',
      '(1 + torch.exp(-x)).reciprocal()',
      '0.5 * (1 + torch.tanh(0.5 * x))',
    ],
    slope: 'torch.sigmoid(x) * (1 - torch.sigmoid(x))',
  },
  {
    activation: 'tanh',
    ways: [
      '(torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))',
      '(torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)',
      '2 * torch.sigmoid(2 * x) - 1',
      'torch.sinh(x) / torch.cosh(x)',
    ],
    slope: '1 - torch.tanh(x) ** 2',
  },
  {
    activation: 'relu',
    ways: [
      'torch.clamp(x, min=0)',
      'x.clamp(min=0.0)',
      'x.clamp_min(0)',
      'torch.maximum(x, torch.zeros_like(x))',
      'torch.max(x, torch.zeros_like(x))',
      'torch.where(x > 0, x, 0.0)',
      'torch.where(x < 0, torch.zeros_like(x), x)',
      'x * (x > 0)',
      'x * (x > 0).float()',
      '(x + x.abs()) / 2',
      '0.5 * (x + torch.abs(x))',
      'x.masked_fill(x < 0, 0)',
    ],
    slope: '(x > 0).float()',
  },
  {
    activation: 'leaky_relu',
    parameters: { negative_slope: 0.2 },
    ways: [
      'torch.where(x > 0, x, 0.2 * x)',
      'torch.max(x, 0.2 * x)',
      'torch.maximum(0.2 * x, x)',
      'F.relu(x) - 0.2 * F.relu(-x)',
      'x.clamp(min=0) + 0.2 * x.clamp(max=0)',
      '0.6 * x + 0.4 * x.abs()',
    ],
  },
  {
    activation: 'elu',
    parameters: { alpha: 0.5 },
    ways: [
      'torch.where(x > 0, x, 0.5 * (torch.exp(x) - 1))',
      'torch.where(x > 0, x, 0.5 * torch.expm1(x))',
      'F.relu(x) + 0.5 * (torch.exp(x.clamp(max=0)) - 1)',
    ],
  },
  {
    activation: 'selu',
    ways: [
      '1.0507009873554805 * torch.where(x > 0, x, 1.6732632423543772 * (torch.exp(x) - 1))',
      '1.0507 * F.elu(x, 1.67326)',
    ],
  },
  {
    activation: 'celu',
    parameters: { alpha: 2 },
    ways: [
      'torch.where(x > 0, x, 2 * (torch.exp(x / 2) - 1))',
      'F.relu(x) + torch.clamp(2 * (torch.exp(x / 2) - 1), max=0)',
    ],
  },
  { activation: 'softsign', ways: ['x / (1 + torch.abs(x))', 'x / (1 + x.abs())'] },
  { activation: 'tanhshrink', ways: ['x - torch.tanh(x)'] },
  { activation: 'logsigmoid', ways: ['torch.log(torch.sigmoid(x))', '-F.softplus(-x)', '-torch.log1p(torch.exp(-x))'] },
  {
    activation: 'softshrink',
    parameters: { lambd: 0.3 },
    ways: ['torch.sign(x) * F.relu(torch.abs(x) - 0.3)', 'F.relu(x - 0.3) - F.relu(-x - 0.3)'],
  },
  {
    activation: 'snake',
    parameters: { alpha: 2 },
    ways: [
      'x + torch.sin(2 * x) ** 2 / 2',
      'x + (1 / 2.0) * torch.pow(torch.sin(x * 2.0), 2)',
      'x + (1 - torch.cos(4 * x)) / 4',
    ],
  },
  { activation: 'sine', parameters: { omega_0: 30 }, ways: ['torch.sin(30 * x)', '(30.0 * x).sin()'] },
  {
    activation: 'relu6',
    ways: ['torch.clamp(x, 0, 6)', 'F.relu(x).clamp(max=6)', 'torch.min(F.relu(x), torch.tensor(6.0))'],
  },
  { activation: 'serf', ways: ['x * torch.erf(F.softplus(x))', 'x * torch.erf(torch.log(1 + torch.exp(x)))'] },
];

/** How a spelling becomes part of a model. */
export type Form = 'inline' | 'function' | 'lambda' | 'class' | 'autograd';

const indent = (code: string, by: number): string => code.replace(/^/gm, ' '.repeat(by));

/** The statements of a way, the last one with `last` in front. */
export function statements(way: string, last: string): string {
  const parts = way.split('; ');
  return parts.map((part, i) => (i === parts.length - 1 ? `${last}${part}` : part)).join('\n');
}

/** Two linear layers with an activation between them, written as a form says; undefined where it can't be. */
export function modelWith(way: string, form: Form, slope?: string): string | undefined {
  const head = 'import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n';
  const body = indent(statements(way, 'return '), 4);
  const definitions: Readonly<Record<Form, string | undefined>> = {
    inline: '',
    function: `def act(x):\n${body}\n`,
    lambda: way.includes(';') ? undefined : `act = lambda x: ${way}\n`,
    class: `class Act(nn.Module):\n    def forward(self, x):\n${indent(body, 4)}\n`,
    autograd: slope
      ? `class Act(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n${indent(body, 4)}\n\n    @staticmethod\n    def backward(ctx, grad_output):\n        x, = ctx.saved_tensors\n        return grad_output * (${slope})\n`
      : undefined,
  };
  const definition = definitions[form];
  if (definition === undefined) return undefined;
  const uses: Readonly<Record<Form, string>> = {
    inline: `x = self.a(x)\n${statements(way, 'x = ')}\nreturn self.b(x)`,
    function: 'return self.b(act(self.a(x)))',
    lambda: 'return self.b(act(self.a(x)))',
    class: 'return self.b(self.act(self.a(x)))',
    autograd: 'return self.b(Act.apply(self.a(x)))',
  };
  const made = form === 'class' ? '        self.act = Act()\n' : '';
  return `${head}${definition}\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(4, 6)\n        self.b = nn.Linear(6, 3)\n${made}\n    def forward(self, x):\n${indent(uses[form], 8)}\n`;
}
