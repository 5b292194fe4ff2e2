/** TensorFlow.js as the user's code sees it: the real library, which is told what it may not be told. */
import { phrase } from './phrases';
import { noteCall } from './seen';
import { isUnknown, type Loose, reasonIn, unknown } from './unknown';

/** The last of these that was thrown, whoever caught it. */
let met: NotKnown | NeedsFile | undefined;
export const lastMet = () => met;

/** What the code needs that is not known: an argument of the library's. */
export class NotKnown extends Error {
  override name = 'NotKnown';
  constructor(
    /** The argument: `units`. */
    readonly what: string,
    /** Why it is not known: `⦗argument⦙hidden⦘`. */
    readonly why: string,
    /** The call, as a stack names it. */
    readonly at: string | undefined,
  ) {
    super(phrase('notKnown', what, why));
    met = this;
  }
}

/** A model that the code asks to be loaded. */
export class NeedsFile extends Error {
  override name = 'NeedsFile';
  constructor(
    readonly path: string,
    readonly at: string | undefined,
  ) {
    super(phrase('modelNeeded', path));
    met = this;
  }
}

export interface LibrarySurroundings {
  /** Where the user's code is now, as a stack names it. */
  placeHere(): string | undefined;
  /** Where an object of a class is being made: outside of the constructors of that class. */
  placeOf(made: object): string | undefined;
  /** Says where a layer was made. */
  placeLayer(layer: object, place: string | undefined): void;
  /** Says that a layer was made with another one, where that was. */
  placeWith(layer: object, other: object): void;
  /** The text of a saved model by the path that the code gives, where the host has it. */
  fileOf(path: string): string | undefined;
  /** Counts a model that the code makes. @param stack of the code that asked for it, where that has waited since */
  see(model: object, stack?: string): void;
  stackHere(): string;
}

/** Methods of a model that train, run or keep it: nothing that a reading needs is learned by them. */
const asking = ['fit', 'fitDataset', 'evaluateDataset', 'save', 'trainOnBatch'] as const;
const giving = ['predict', 'evaluate', 'predictOnBatch'] as const;

/** Values of tensors are known where all that they are made of is. */
const makers = new Set([
  'tensor',
  'tensor1d',
  'tensor2d',
  'tensor3d',
  'tensor4d',
  'tensor5d',
  'tensor6d',
  'scalar',
  'buffer',
]);

/** Functions of the library around the user's own code, or that ask the machine: they do nothing here. */
const quiet: Readonly<Record<string, (...given: Loose[]) => Loose>> = {
  ready: () => Promise.resolve(),
  setBackend: () => Promise.resolve(true),
  getBackend: () => 'cpu',
  registerBackend: () => true,
  nextFrame: () => Promise.resolve(),
  tidy: (first: Loose, second: Loose) => (typeof second === 'function' ? second : first)(),
  keep: (tensor: Loose) => tensor,
  dispose: () => undefined,
  disposeVariables: () => undefined,
  enableProdMode: () => undefined,
  enableDebugMode: () => undefined,
  profile: (run: Loose) => run(),
};

/** Members of the library that hold operators. */
const holders = new Set(['image', 'linalg', 'signal', 'spectral', 'losses']);

/** The library's members whose own code is run with what they are given, unknown or not. */
const isClass = (name: string) => /^[A-Z]/.test(name);

/**
 * The library for one run.
 * @param real everything that `@tensorflow/tfjs` exports
 */
export function viewOf(real: Loose, around: LibrarySurroundings): Loose {
  const { placeHere } = around;
  const seen = (model: Loose, stack?: string) => {
    around.see(model, stack);
    return model;
  };

  const refuseUnknown = (what: string, value: unknown) => {
    const why = reasonIn(value);
    if (why !== undefined) throw new NotKnown(what, why, placeHere());
  };

  /** A layer's settings without what is not known; a name is dropped, anything else is refused. */
  const settled = (settings: Loose): Loose => {
    if (typeof settings !== 'object' || settings === null) {
      refuseUnknown(phrase('settings'), settings);
      return settings;
    }
    if (isUnknown(settings)) refuseUnknown(phrase('settings'), settings);
    const kept: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(settings)) {
      if (key === 'name' && reasonIn(value) !== undefined) continue;
      refuseUnknown(key, value);
      kept[key] = value;
    }
    return kept;
  };

  const withPlace = <T extends object>(layer: T): T => {
    around.placeLayer(layer, placeHere());
    return layer;
  };
  /** A layer that wraps one; both directions are copies of that. */
  const withWings = (layer: Loose, settings: Loose): Loose => {
    for (const wing of [layer.forwardLayer, layer.backwardLayer])
      if (wing && settings?.layer) around.placeWith(wing, settings.layer);
    return layer;
  };

  /** What the user's layers derive from. */
  class Layer extends real.layers.Layer {
    constructor(settings?: Loose) {
      super(settings);
      around.placeLayer(this, around.placeOf(new.target));
    }
  }

  const layers = membersOf(real.layers, 'tf.layers', (name, value) =>
    isClass(name) || typeof value !== 'function'
      ? name === 'Layer'
        ? Layer
        : value
      : (...given: Loose[]) =>
          withWings(
            withPlace(
              noteCall(
                () => (value as Loose)(...(given.length > 0 ? [settled(given[0]), ...given.slice(1)] : [])),
                given,
              ),
            ),
            given[0],
          ),
  );

  const refusingNames = ['inputs', 'outputs'] as const;
  const madeModel = (settings: Loose) => {
    for (const name of refusingNames) refuseUnknown(name, settings?.[name]);
    return settings;
  };

  class Sequential extends real.Sequential {
    constructor(settings?: Loose) {
      super(settings);
      around.placeLayer(this, around.placeOf(new.target));
      seen(this);
    }
  }
  class LayersModel extends real.LayersModel {
    constructor(settings: Loose) {
      super(madeModel(settings));
      around.placeLayer(this, around.placeOf(new.target));
      seen(this);
    }
  }

  const own: Record<string, Loose> = {
    ...quiet,
    layers,
    Sequential,
    LayersModel,
    Model: LayersModel,
    sequential: (settings?: Loose) => {
      if (settings?.layers) refuseUnknown('layers', settings.layers);
      return seen(withPlace(real.sequential(settings)));
    },
    model: (settings: Loose) => seen(withPlace(real.model(madeModel(settings)))),
    input: (settings: Loose) => noteCall(() => real.input(settled(settings)), [settings]),
    memory: () => unknown('tf.memory()'),
    loadLayersModel: (path: Loose) => load(real, around, path, seen),
    loadGraphModel: (path: Loose) => {
      throw new NotKnown('tf.loadGraphModel', phrase('graphModel', String(path)), placeHere());
    },
    models: membersOf(real.models ?? {}, 'tf.models', (name, value) =>
      name === 'modelFromJSON'
        ? async (...given: Loose[]) => {
            const stack = around.stackHere();
            return seen(await (value as Loose)(...given), stack);
          }
        : value,
    ),
  };
  own.loadModel = own.loadLayersModel;

  return membersOf(
    real,
    'tf',
    (name, value) => {
      if (Object.hasOwn(own, name)) return own[name];
      if (holders.has(name)) return withNotedCalls(value as Loose);
      if (typeof value !== 'function' || isClass(name) || hasMembers(value)) return value;
      return (...given: Loose[]) => {
        const why = given.map((each) => reasonIn(each, makers.has(name) ? 8 : 2)).find((each) => each !== undefined);
        return why === undefined ? noteCall(() => (value as Loose)(...given), given) : unknown(`tf.${name}(${why})`);
      };
    },
    own,
  );
}

/** An object's functions, whose calls are noted. */
const withNotedCalls = (object: Loose): Loose =>
  Object.fromEntries(
    Object.entries<Loose>(object).map(([name, value]) => [
      name,
      typeof value === 'function' ? (...given: Loose[]) => noteCall(() => value(...given), given) : value,
    ]),
  );

/** `tf.train` is a class by its kind: what it is used for are its members. */
const hasMembers = (value: object) =>
  Object.getOwnPropertyNames(value).some(
    (name) => !['length', 'name', 'prototype', 'arguments', 'caller'].includes(name),
  );

/** An object's members as a function shows them; those that it lacks are not known. */
function membersOf(
  object: Loose,
  title: string,
  show: (name: string, value: unknown) => unknown,
  own: Readonly<Record<string, unknown>> = {},
): Loose {
  const shown = new Map<PropertyKey, unknown>();
  const view: Loose = new Proxy(Object.create(null), {
    get(_, key) {
      if (shown.has(key)) return shown.get(key);
      if (typeof key === 'symbol') return object[key];
      if (key === '__esModule') return true;
      const isThere = key in object || Object.hasOwn(own, key);
      const value = isThere ? show(key, object[key]) : key === 'default' ? view : unknown(`${title}.${key}`);
      shown.set(key, value);
      return value;
    },
    // Code puts functions of its own there.
    set(_, key, value) {
      shown.set(key, value);
      return true;
    },
    has: (_, key) => typeof key === 'string' && (shown.has(key) || key in object || Object.hasOwn(own, key)),
    ownKeys: () => [...new Set([...Object.keys(object), ...Object.keys(own)])],
    getOwnPropertyDescriptor: (_, key) => ({ enumerable: true, configurable: true, value: view[key] }),
  });
  return view;
}

/** What a model does besides being a model is not done here. */
export function quietenModels(real: Loose, placeHere: LibrarySurroundings['placeHere']): void {
  for (const prototype of [real.LayersModel.prototype, real.Sequential.prototype]) {
    for (const name of asking) prototype[name] = () => Promise.resolve(unknown(`model.${name}()`, { isSettled: true }));
    for (const name of giving) prototype[name] = () => unknown(`model.${name}()`);
    prototype.summary = () => undefined;
    // A model that was given up may still be the one that is asked for.
    prototype.dispose = () => ({ refCountAfterDispose: 0, numDisposedVariables: 0 });
    prototype.compile = function (this: object, settings: Loose) {
      compiled.set(this, settings);
    };
  }
  const { add } = real.Sequential.prototype;
  real.Sequential.prototype.add = function (this: Loose, layer: Loose) {
    const why = reasonIn(layer);
    if (why !== undefined) throw new NotKnown(phrase('layer'), why, placeHere());
    noteCall(
      () => {
        add.call(this, layer);
        return this.outputs;
      },
      [layer],
      layer,
    );
  };
  // Data that is not here trains nothing: weights stay as they were.
  for (const [prototype, name] of [
    [real.Variable.prototype, 'assign'],
    [real.layers.Layer.prototype, 'setWeights'],
    [real.LayersModel.prototype, 'setWeights'],
  ] as const) {
    const set = prototype[name];
    prototype[name] = function (this: Loose, value: Loose) {
      return reasonIn(value, 2) === undefined ? set.call(this, value) : undefined;
    };
  }
  const { apply } = real.layers.Layer.prototype;
  real.layers.Layer.prototype.apply = function (this: Loose, inputs: Loose, settings?: Loose) {
    const why = reasonIn(inputs, 2);
    if (why !== undefined) throw new NotKnown(phrase('layerInput', this.name), why, placeHere());
    return noteCall(() => apply.call(this, inputs, settings), [inputs, settings], this);
  };
  for (const name of Object.getOwnPropertyNames(real.Tensor.prototype)) {
    const method = Object.getOwnPropertyDescriptor(real.Tensor.prototype, name)?.value;
    if (typeof method !== 'function' || name === 'constructor') continue;
    real.Tensor.prototype[name] = function (this: Loose, ...given: Loose[]) {
      const why = given.map((each) => reasonIn(each, 2)).find((each) => each !== undefined);
      return why === undefined ? noteCall(() => method.apply(this, given), given, this) : unknown(`${name}(${why})`);
    };
  }
}

/** Models by what `compile` was told: one that is to be trained is a whole one. */
const compiled = new WeakMap<object, Loose>();

export const isCompiled = (model: object) => compiled.has(model);

/** A model from a `model.json` that the host has. */
async function load(
  real: Loose,
  around: LibrarySurroundings,
  path: Loose,
  seen: (model: Loose, stack: string) => Loose,
): Promise<Loose> {
  const stack = around.stackHere();
  const why = reasonIn(path);
  const at = around.placeHere();
  if (why !== undefined || typeof path !== 'string')
    throw new NotKnown(phrase('modelAddress'), why ?? phrase('noText'), at);
  const text = around.fileOf(path);
  if (text === undefined) throw new NeedsFile(path, at);
  const saved = JSON.parse(text);
  const topology = saved?.modelTopology;
  if (topology === undefined || topology === null) throw new Error(phrase('noTopology', path));
  return seen(await real.models.modelFromJSON({ modelTopology: topology }), stack);
}
