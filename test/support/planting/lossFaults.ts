/** Faults around losses: what feeds them, which they are, and how they are called. */
import { children } from '../../../src/detect/range';
import type { Node } from '../../../src/syntax/syntax';
import { type Plant, plant } from './edits';
import { runsActivation } from './layerFaults';
import { callsIn, type LossSite, lossClassOf, methodOf, type Scene, type SceneFile } from './scene';

export function* lossFaults(scene: Scene): Generator<Plant> {
  for (const file of scene.files) {
    for (const site of scene.lossSites(file)) {
      yield* atLoss(file, site);
      yield* ofArguments(file, site);
    }
    yield* otherLoss(file);
  }
  yield* atOutput(scene);
}

/** What wraps the prediction where the loss is computed. */
function* atLoss(file: SceneFile, { kind, args }: LossSite): Generator<Plant> {
  const [input] = args;
  if (!input) return;
  const wrap = (name: string, code: string, text: string) => plant(file, name, [code], [[input, text]]);
  const x = input.text;
  if (kind === 'cross_entropy') {
    yield wrap('softmax at cross-entropy', 'softmax-before-cross-entropy', `torch.softmax(${x}, dim=1)`);
    yield wrap('sigmoid at cross-entropy', 'sigmoid-before-cross-entropy', `${x}.sigmoid()`);
    yield wrap('argmax at cross-entropy', 'argmax-to-cross-entropy', `${x}.argmax(dim=1).float()`);
  }
  if (kind === 'nll_loss') {
    yield wrap('exp at NLL', 'exp-of-log-softmax-to-nll', `torch.exp(${x})`);
    yield wrap('argmax at NLL', 'argmax-to-cross-entropy', `${x}.argmax(dim=1).float()`);
  }
  if (kind === 'binary_cross_entropy_with_logits')
    yield wrap('sigmoid at BCEWithLogits', 'sigmoid-before-bce-logits', `torch.sigmoid(${x})`);
  if (kind.startsWith('binary')) yield wrap('round at BCE', 'argmax-to-cross-entropy', `${x}.round()`);
}

function* ofArguments(file: SceneFile, { call, kind, args }: LossSite): Generator<Plant> {
  const [input, target] = args;
  const callee = call.childForFieldName('function');
  if (!input || !target || !callee) return;
  yield plant(
    file,
    'prediction and label swapped',
    ['loss-arguments-swapped'],
    [
      [input, target.text],
      [target, input.text],
    ],
  );
  yield plant(file, 'loss class called', ['loss-class-called'], [[callee, `nn.${lossClassOf(kind)}`]]);
  // That it is a label is told by its name alone.
  if (/label|target|mask/.test(target.text))
    yield plant(file, 'label activated', ['activated-target'], [[target, `torch.sigmoid(${target.text})`]]);
}

/** One loss taken for its sibling. */
function* otherLoss(file: SceneFile): Generator<Plant> {
  const others: readonly (readonly [RegExp, string, string, string])[] = [
    [/\bBCELoss$/, 'BCEWithLogitsLoss', 'BCELoss turned into BCEWithLogitsLoss', 'sigmoid-before-bce-logits'],
    [/\bBCEWithLogitsLoss$/, 'BCELoss', 'BCEWithLogitsLoss turned into BCELoss', 'logits-to-bce'],
    [
      /\bbinary_cross_entropy$/,
      'binary_cross_entropy_with_logits',
      'BCE turned into BCE with logits',
      'sigmoid-before-bce-logits',
    ],
    [/\bbinary_cross_entropy_with_logits$/, 'binary_cross_entropy', 'BCE with logits turned into BCE', 'logits-to-bce'],
    [/\bNLLLoss$/, 'CrossEntropyLoss', 'NLLLoss turned into CrossEntropyLoss', 'log-softmax-before-cross-entropy'],
    [/\bCrossEntropyLoss$/, 'NLLLoss', 'CrossEntropyLoss turned into NLLLoss', 'logits-to-nll'],
  ];
  for (const call of callsIn(file.root)) {
    const callee = call.childForFieldName('function');
    for (const [pattern, name, kind, code] of others)
      if (callee && pattern.test(callee.text) && !(name === 'NLLLoss' && call.text.includes('label_smoothing')))
        yield plant(file, kind, [code], [[callee, callee.text.replace(pattern, name)]]);
  }
}

/** The last expression of a model's `forward`, where the project has one kind of loss and one model. */
function* atOutput(scene: Scene): Generator<Plant> {
  const losses = [...scene.losses];
  const [only] = scene.models;
  if (losses.length !== 1 || scene.models.length !== 1 || !only) return;
  const [file, cls] = only;
  const output = outputOf(cls);
  if (!output) return;
  const wrap = (name: string, code: string, text: string) => plant(file, name, [code], [[output, text]]);
  const x = output.text;
  const [kind] = losses;
  if (kind === 'cross_entropy') {
    yield wrap('softmax as output', 'softmax-before-cross-entropy', `torch.softmax(${x}, dim=1)`);
    yield wrap('log-softmax as output', 'log-softmax-before-cross-entropy', `${x}.log_softmax(dim=1)`);
    yield wrap('sigmoid as output', 'sigmoid-before-cross-entropy', `torch.sigmoid(${x})`);
    yield wrap('ReLU as output', 'relu-output', `torch.relu(${x})`);
  }
  if (kind === 'binary_cross_entropy_with_logits') {
    yield wrap('sigmoid as output', 'sigmoid-before-bce-logits', `torch.sigmoid(${x})`);
    yield wrap('softmax as output', 'softmax-before-bce-logits', `nn.Softmax(dim=1)(${x})`);
  }
  if (output.type !== 'call' || !runsActivation(output)) return;
  const [inner] = children(output.childForFieldName('arguments'));
  if (!inner) return;
  if (kind === 'nll_loss') {
    yield wrap('softmax before NLL', 'softmax-before-nll', x.replace('log_softmax', 'softmax'));
    yield wrap('log-softmax left out', 'logits-to-nll', inner.text);
  }
  if (kind === 'binary_cross_entropy') {
    yield wrap('sigmoid left out', 'logits-to-bce', inner.text);
    yield wrap('softmax before BCE', 'softmax-before-bce', `torch.softmax(${inner.text}, dim=1)`);
  }
}

function outputOf(cls: Node): Node | undefined {
  const returns = methodOf(cls, 'forward')?.descendantsOfType('return_statement') ?? [];
  const value = children(returns.at(-1))[0];
  // Of several results the first one is the prediction.
  return value?.type === 'expression_list' ? children(value)[0] : value;
}
