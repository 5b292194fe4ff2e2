import { type Mistake, mistake } from './mistake';

const stackOf = (name: string) => {
  const layer = `    nn.Linear(8, 8), nn.${name}(),\n`;
  return `net = nn.Sequential(\n${layer}${layer}${layer}    nn.Linear(8, 1),\n)`;
};

/** What goes wrong with activations inside of a model. */
export const hiddenMistakes: readonly Mistake[] = [
  mistake(
    'no-op-activation',
    ['relu', 'sigmoid'],
    'What is positive already passes a ReLU as it is.',
    '本来就为正的值，过 ReLU 毫无变化。',
    'y = F.relu(torch.sigmoid(x))',
    'y = torch.sigmoid(x)',
  ),
  ...(
    [
      ['relu', 'ReLU'],
      ['gelu', 'GELU'],
      ['silu', 'SiLU'],
      ['elu', 'ELU'],
      ['mish', 'Mish'],
    ] as const
  ).map(([id, name]) =>
    mistake(
      'double-activation',
      [id],
      'The same activation twice, with nothing between.',
      '同一激活连用两次，中间什么都没有。',
      `net = nn.Sequential(nn.Linear(4, 8), nn.${name}(), nn.${name}(), nn.Linear(8, 2))`,
      `net = nn.Sequential(nn.Linear(4, 8), nn.${name}(), nn.Linear(8, 2))`,
    ),
  ),
  mistake(
    'no-nonlinearity',
    ['identity'],
    'Two linear layers with nothing between are one.',
    '两个线性层之间什么都没有，就等于一层。',
    'net = nn.Sequential(nn.Linear(4, 8), nn.Identity(), nn.Linear(8, 2))',
    'net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))',
  ),
  ...(
    [
      ['sigmoid', 'Sigmoid'],
      ['tanh', 'Tanh'],
    ] as const
  ).map(([id, name]) =>
    mistake(
      'saturating-stack',
      [id],
      'Each layer multiplies the gradient by a slope below 1: in a stack nothing is left.',
      '每层都给梯度乘上小于 1 的斜率：叠几层就所剩无几。',
      stackOf(name),
      stackOf('ReLU'),
    ),
  ),
  mistake(
    'init-gain',
    ['tanh'],
    'Weights are scaled for another activation than the one that follows.',
    '权重是按另一种激活的增益初始化的。',
    'fc = nn.Linear(8, 8)\nnn.init.kaiming_normal_(fc.weight, nonlinearity="relu")\ny = torch.tanh(fc(x))',
    'fc = nn.Linear(8, 8)\nnn.init.xavier_normal_(fc.weight, gain=nn.init.calculate_gain("tanh"))\ny = torch.tanh(fc(x))',
  ),
  mistake(
    'init-slope',
    ['leaky_relu'],
    'Weights are scaled for another slope than the one that follows.',
    '权重是按另一个斜率初始化的。',
    'conv = nn.Conv2d(3, 8, 3)\nnn.init.kaiming_normal_(conv.weight, a=0.2)\ny = F.leaky_relu(conv(x), 0.1)',
    'conv = nn.Conv2d(3, 8, 3)\nnn.init.kaiming_normal_(conv.weight, a=0.1)\ny = F.leaky_relu(conv(x), 0.1)',
  ),
  mistake(
    'selu-init',
    ['selu'],
    'SELU normalises itself from weights of variance 1/fan_in; ReLU’s gain doubles that.',
    'SELU 要方差为 1/fan_in 的权重才能自归一化；ReLU 的增益会翻倍。',
    'fc = nn.Linear(8, 8)\nnn.init.kaiming_normal_(fc.weight, nonlinearity="relu")\ny = F.selu(fc(x))',
    'fc = nn.Linear(8, 8)\nnn.init.kaiming_normal_(fc.weight, nonlinearity="linear")\ny = F.selu(fc(x))',
  ),
  mistake(
    'selu-dropout',
    ['selu'],
    'An ordinary dropout shifts the mean and variance that SELU keeps.',
    '普通 dropout 会改变 SELU 维持的均值和方差。',
    'net = nn.Sequential(nn.Linear(64, 64), nn.SELU(), nn.Dropout(0.1))',
    'net = nn.Sequential(nn.Linear(64, 64), nn.SELU(), nn.AlphaDropout(0.1))',
  ),
  mistake(
    'selu-batchnorm',
    ['selu'],
    'SELU normalises itself: a batch normalisation beside it does so twice.',
    'SELU 自归一化：旁边再加批归一化就做了两次。',
    'net = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.SELU())',
    'net = nn.Sequential(nn.Linear(64, 64), nn.SELU())',
  ),
  mistake(
    'prelu-channels',
    ['prelu'],
    'The number of slopes is neither 1 nor that of the channels.',
    '斜率的个数既不是 1 也不是通道数。',
    'net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.PReLU(32))',
    'net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.PReLU(16))',
  ),
  mistake(
    'rrelu-training',
    ['rrelu'],
    'Without `training` the mode of the model doesn’t reach it: it is never random.',
    '不传 `training`，模型的模式就到不了它：从不随机。',
    'class Net(nn.Module):\n    def forward(self, x):\n        return F.rrelu(x)',
    'class Net(nn.Module):\n    def forward(self, x):\n        return F.rrelu(x, training=self.training)',
  ),
  mistake(
    'glu-odd',
    ['glu'],
    'An odd size has no halves.',
    '奇数无法对半分。',
    'net = nn.Sequential(nn.Linear(8, 15), nn.GLU())',
    'net = nn.Sequential(nn.Linear(8, 16), nn.GLU())',
  ),
  mistake(
    'handwritten-silu',
    ['silu'],
    'Written out it takes two passes and more memory.',
    '手写要读写两遍内存，也更占内存。',
    'y = x * torch.sigmoid(x)',
    'y = F.silu(x)',
  ),
  mistake(
    'handwritten-mish',
    ['mish'],
    'Written out it takes three passes and more memory.',
    '手写要读写三遍内存，也更占内存。',
    'y = x * torch.tanh(F.softplus(x))',
    'y = F.mish(x)',
  ),
  mistake(
    'quick-gelu',
    ['gelu', 'quick_gelu'],
    'This is QuickGELU, not GELU: fine for CLIP’s checkpoints alone.',
    '这是 QuickGELU，不是 GELU：只适合 CLIP 的检查点。',
    'def act(x):\n    return x * torch.sigmoid(1.702 * x)',
    'def act(x):\n    return F.gelu(x)',
  ),
  mistake(
    'log1p-exp',
    ['softplus'],
    'Overflows for large inputs; the library’s doesn’t.',
    '输入大时会溢出；库函数不会。',
    'y = torch.log(1 + torch.exp(x))',
    'y = F.softplus(x)',
  ),
];
