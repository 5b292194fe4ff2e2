import fc from 'fast-check';

/** Pieces of text that act where they are not expected: as Markdown, HTML, links, on a terminal, on the order of text. */
const pieces = [
  ...[
    '`',
    '``',
    '```',
    '~~~',
    '\\',
    '[',
    ']',
    '](',
    '(',
    ')',
    '!',
    '<',
    '>',
    '&',
    '&lt;',
    '&#91;',
    '*',
    '**',
    '_',
    '~~',
  ],
  ...['\n', '\n\n', '\r', '\r\n', '\t', '    ', ' ', '\u2028', '\u0085', '# ', '- ', '1. ', '> ', '===', '---'],
  ...['| a | b |\n|---|---|\n', '<!--', '-->', '<b>', '</p>', '<h1>', '$(zap)', '"', "'", '{0}', '@', '://', 'x.y'],
  ...['https://attacker.example/', 'www.attacker.example', 'WWW.A.B', '_www.a.b', 'a@attacker.example', 'mailto:a@b.c'],
  ...[
    'command:workbench.action.terminal.sendSequence',
    'file:///etc/passwd',
    '<https://attacker.example>',
    '[a]: https://b.c',
  ],
  ...['[click](command:activationLens.compareActivations)', '![x](https://attacker.example/y.png)', '[f](file:///etc)'],
  ...['<img src="https://attacker.example/t.png">', '<a href="command:x">', '[z](command:x "t")', '] (command:x)'],
  ...[
    '\0',
    '\x07',
    '\b',
    '\x1b[2J',
    '\x1b]0;title\x07',
    '\x9b31m',
    '\x7f',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u200b',
    '\ufeff',
  ],
  ...['\ud800', '\udfff', '\u{e0041}', '😀', '斜率', 'größe', 'x', '0.1'],
];

/** Text that somebody wrote to do harm. */
export const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Some that is long, too. */
export const long: readonly string[] = [
  'x'.repeat(5_000_000),
  '\n'.repeat(1_000_000),
  '\x1b[2J'.repeat(100_000),
  '`](<'.repeat(1e5),
];

/** What acts on a terminal or on the order of the text around it. */
export const acting = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Text as people write it, which reads as it is at every door. */
export const ordinary: readonly string[] = [
  'nn.LeakyReLU(0.1)',
  'C:\\path\\to\\model.py',
  '/home/me/模型/网络 (2).py',
  'acts[0](x) if a < b else {"k": [1, 2]}',
  'encoder.layers.0.activation_fn',
  '斜率 größe λ कि می‌خواهم 👩‍🔬',
  'x**2 + y_1 & z | ~w # why? $5 @ 10 %',
];
