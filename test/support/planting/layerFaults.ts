/** Faults between layers: activations left out, doubled, called as classes, misspelt; settings left out. */
import { catalogue } from '../../../src/activations/catalogue';
import { children } from '../../../src/detect/range';
import type { Node } from '../../../src/syntax/syntax';
import { callWith, type Plant, plant } from './edits';
import { above, builderOf, callsIn, layerCalled, positional, type Scene, type SceneFile } from './scene';

const modules: ReadonlyMap<string, string> = new Map(
  [...catalogue.values()].flatMap(({ spellings: { modules: [name] = [], functional: [plain] = [] } }) =>
    name !== undefined && plain !== undefined ? [[name, plain] as const] : [],
  ),
);
const functions: ReadonlyMap<string, string> = new Map([...modules].map(([module, plain]) => [plain, module]));

export function* layerFaults(scene: Scene): Generator<Plant> {
  for (const file of scene.files)
    for (const call of callsIn(file.root)) {
      yield* ofName(file, call);
      yield* ofDimension(file, call);
      yield* ofDropout(file, call);
      if (runsActivation(call)) yield* ofRun(file, call);
      else if (builtActivation(call) !== undefined) yield* ofEntry(file, call);
      yield* ofBuilding(file, call);
    }
}

/** `ReLU` of `nn.ReLU(…)`. */
function builtActivation(call: Node): string | undefined {
  const name = /^(?:torch\.)?nn\.(\w+)$/.exec(call.childForFieldName('function')?.text ?? '')?.[1];
  return name !== undefined && modules.has(name) ? name : undefined;
}

/** `relu` of `F.relu(…)`, `torch.relu(…)`. */
function functionCalled(call: Node): string | undefined {
  const name = /^(?:F|torch|nn\.functional)\.(\w+)$/.exec(call.childForFieldName('function')?.text ?? '')?.[1];
  return name !== undefined && functions.has(name) && positional(call).length > 0 ? name : undefined;
}

export function runsActivation(call: Node): boolean {
  return functionCalled(call) !== undefined || modules.has(layerCalled(call) ?? '');
}

/** An activation that runs in a function. */
function* ofRun(file: SceneFile, call: Node): Generator<Plant> {
  const [input] = positional(call);
  const callee = call.childForFieldName('function');
  if (!input || !callee) return;
  const rest = children(call.childForFieldName('arguments')).map(({ text }) => text);
  yield plant(file, 'activation twice', ['double-activation'], [[call, callWith(call, [call.text, ...rest.slice(1)])]]);
  const plain = functionCalled(call);
  // A softmax's class has no room for the tensor beside `dim`, whatever it is.
  if (plain !== undefined)
    yield plant(file, 'activation class called', ['loss-class-called'], [[callee, `nn.${functions.get(plain)}`]]);
  if (isBetweenLinear(call)) {
    yield plant(file, 'activation left out', ['no-nonlinearity'], [[call, input.text]]);
    yield plant(file, 'softmax between layers', ['hidden-softmax'], [[call, `torch.softmax(${input.text}, dim=-1)`]]);
  }
  if (isBetweenConvolutions(call))
    yield plant(file, 'activation left out', ['no-nonlinearity-conv'], [[call, input.text]]);
}

/** An activation that stands in a list of layers. */
function* ofEntry(file: SceneFile, call: Node): Generator<Plant> {
  const list = call.parent;
  if (list?.type !== 'argument_list' && list?.type !== 'list') return;
  const entries = children(list);
  const place = entries.findIndex(({ id }) => id === call.id);
  if (entries.length < 2 || entries.some(({ type }) => type === 'keyword_argument')) return;
  yield plant(file, 'activation twice', ['double-activation'], [[call, `${call.text}, ${call.text}`]]);
  const before = entries.slice(0, place).findLast((each) => !isStillLinear(each));
  const behind = entries.slice(place + 1).find((each) => !isStillLinear(each));
  const next = entries[place + 1];
  if (!before || !behind || !next) return;
  const kind = layersBetween(before, behind);
  if (!kind) return;
  const code = kind === 'linear' ? 'no-nonlinearity' : 'no-nonlinearity-conv';
  yield plant(file, 'activation left out', [code], [[call, 'nn.Identity()']]);
  if (kind === 'linear')
    yield plant(file, 'softmax between layers', ['hidden-softmax'], [[call, 'nn.Softmax(dim=-1)']]);
}

const classOf = (built: Node | undefined) =>
  /^(?:torch\.)?nn\.(\w+)$/.exec(built?.childForFieldName('function')?.text ?? '')?.[1] ?? '';
const isStillLinear = (built: Node) => /^(?:BatchNorm\dd|Dropout)$/.test(classOf(built));

/** Whether nothing but an activation stands between two layers of a kind that would be one without it. */
function layersBetween(first: Node | undefined, second: Node | undefined): 'linear' | 'convolution' | undefined {
  const [a, b] = [classOf(first), classOf(second)];
  const widths = (built: Node) => positional(built).map(({ text }) => text);
  if (!first || !second) return undefined;
  const [input, middle] = widths(first);
  const [, output] = widths(second);
  // Narrower than both ends it is a bottleneck, which people want.
  const [i, m, o] = [input, middle, output].map(Number);
  if ([i, m, o].every(Number.isFinite) && (m as number) < (i as number) && (m as number) < (o as number))
    return undefined;
  if (a === 'Linear' && b === 'Linear') return 'linear';
  const isPlain = (built: Node) => !/groups|dilation|, 1, bias|, 1\)|stride=2|, 4, 2, 1|, 4, 1, 0/.test(built.text);
  return a === 'Conv2d' && b === 'Conv2d' && isPlain(first) && isPlain(second) ? 'convolution' : undefined;
}

const isBetweenLinear = (call: Node) => layersAround(call) === 'linear';
const isBetweenConvolutions = (call: Node) => layersAround(call) === 'convolution';

/** The same in a `forward`: the layer whose output goes in, and the next one that takes what comes out. */
function layersAround(call: Node): 'linear' | 'convolution' | undefined {
  const method = above(call, 'function_definition');
  const [input] = positional(call);
  if (!method || !input) return undefined;
  const before = ownLayer(input) ?? (input.type === 'identifier' ? lastLayer(method, call, input.text) : undefined);
  return before && layersBetween(before, nextLayer(method, call));
}

/** The layer that `self.fc(…)` runs, a norm around it looked through. */
function ownLayer(run: Node): Node | undefined {
  const own = /^self\.(\w+)$/.exec(run.childForFieldName('function')?.text ?? '')?.[1];
  if (run.type !== 'call' || own === undefined) return undefined;
  const built = builderOf(run, own);
  const [inner] = positional(run);
  return built && isStillLinear(built) && inner ? ownLayer(inner) : built;
}

/** What the statement before gives to a name, dropout looked through. */
function lastLayer(method: Node, call: Node, name: string): Node | undefined {
  const assignments = method.descendantsOfType('assignment').filter((each): each is Node => each !== null);
  const own = above(call, 'assignment');
  const earlier = assignments
    .slice(
      0,
      assignments.findIndex(({ id }) => id === own?.id),
    )
    .toReversed();
  for (const each of earlier) {
    if (each.childForFieldName('left')?.text !== name) continue;
    const value = each.childForFieldName('right');
    const layer = value ? ownLayer(value) : undefined;
    if (!layer || !isStillLinear(layer)) return layer;
  }
  return undefined;
}

function nextLayer(method: Node, call: Node): Node | undefined {
  const outer = above(call, 'call');
  const around = outer && ownLayer(outer);
  if (around && outer && positional(outer)[0]?.id === call.id) return around;
  const own = above(call, 'assignment');
  if (own?.childForFieldName('right')?.id !== call.id) return undefined;
  const name = own.childForFieldName('left')?.text;
  for (const each of callsIn(method)) {
    if (each.startIndex < own.endIndex || positional(each)[0]?.text !== name) continue;
    const layer = ownLayer(each);
    if (layer && isStillLinear(layer)) continue;
    if (/^(?:F\.)?dropout$/.test(each.childForFieldName('function')?.text ?? '')) continue;
    return layer;
  }
  return undefined;
}

/** `nn.Relu`, `F.Relu` */
function* ofName(file: SceneFile, call: Node): Generator<Plant> {
  const callee = call.childForFieldName('function');
  const name = builtActivation(call) ?? (callee?.text.startsWith('F.') ? functionCalled(call) : undefined);
  if (!callee || name === undefined) return;
  const wrong =
    name[0] === name[0]?.toUpperCase()
      ? name.slice(0, 1) + name.slice(1).toLowerCase()
      : `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const written = wrong === name ? name.toLowerCase() : wrong;
  yield plant(file, 'name misspelt', ['unknown-name'], [[callee, callee.text.replace(name, () => written)]]);
}

/** `F.softmax(x, dim=1)` without its dimension. */
function* ofDimension(file: SceneFile, call: Node): Generator<Plant> {
  const callee = call.childForFieldName('function')?.text ?? '';
  const args = children(call.childForFieldName('arguments'));
  // `torch.softmax` and the method refuse to run without one.
  if (!/^(?:F|nn(?:\.functional)?)\.(?:log_softmax|softmax|Softmax|LogSoftmax)$/.test(callee)) return;
  const isRun = /\.[a-z]\w*$/.test(callee);
  const kept = args.filter((each, index) => each.type !== 'keyword_argument' && (isRun ? index === 0 : false));
  yield plant(
    file,
    'softmax without dim',
    ['softmax-without-dim'],
    [
      [
        call,
        callWith(
          call,
          kept.map(({ text }) => text),
        ),
      ],
    ],
  );
}

/** `F.dropout(x, training=self.training)` without what makes it stop. */
function* ofDropout(file: SceneFile, call: Node): Generator<Plant> {
  if (call.childForFieldName('function')?.text !== 'F.dropout') return;
  const args = children(call.childForFieldName('arguments')).map(({ text }) => text);
  const kept = args.filter((each) => !each.startsWith('training='));
  if (kept.length < args.length)
    yield plant(file, 'dropout always on', ['rrelu-training'], [[call, callWith(call, kept)]]);
}

/** A layer that is built where it runs. */
function* ofBuilding(file: SceneFile, call: Node): Generator<Plant> {
  const callee = call.childForFieldName('function');
  const method = above(call, 'function_definition')?.childForFieldName('name')?.text;
  if (!callee || method !== 'forward' || !/^(?:Linear|Conv2d|BatchNorm\dd|Dropout)$/.test(layerCalled(call) ?? ''))
    return;
  const built = builderOf(call, callee.text.replace('self.', ''))?.text;
  if (built !== undefined) yield plant(file, 'layer built in forward', ['module-in-forward'], [[callee, built]]);
}
