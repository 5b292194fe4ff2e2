/** The names that the user's modules find around them: what a browser or Node would have, as far as models need it. */
import { CommonNames, nowhere } from './commonNames';
import { tf as library } from './library';
import { noteModel } from './made';
import { constructionOf, registerConstruction } from './places';
import { WatchedPromise } from './promises';
import { request } from './session';
import { placeHere, placeOf, stackHere } from './stack';
import { quietenModels, viewOf } from './tensorflow';
import { handOver, type Loose, unknown } from './unknown';
import { runLater } from './waiting';

const { parse, stringify } = JSON;

quietenModels(library, placeHere);

/** TensorFlow.js as the user's code sees it. */
export const tf = viewOf(library, {
  placeHere,
  placeOf,
  placeLayer: registerConstruction,
  placeWith: (layer, other) => registerConstruction(layer, constructionOf(other)),
  fileOf: (path) => request.files[path],
  see: noteModel,
  stackHere,
});

/** Nobody reads what code tells a console; the library itself does, where a shape is not what a layer says. */
const quiet: object = new Proxy({}, { get: () => () => undefined });
(globalThis as Loose).console = quiet;

// The same model in every reading.
let seed = 1;
Math.random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};

const names: Record<string, Loose> = {
  tf,
  console: quiet,
  Promise: WatchedPromise,
  setTimeout: (run: Loose, _delay: Loose, ...given: Loose[]) => runLater(() => run(...given)),
  setImmediate: (run: Loose, ...given: Loose[]) => runLater(() => run(...given)),
  requestAnimationFrame: (run: Loose) => runLater(() => run(0)),
  queueMicrotask: (run: Loose) => void Promise.resolve().then(run),
  setInterval: () => 0,
  clearTimeout: () => undefined,
  clearInterval: () => undefined,
  cancelAnimationFrame: () => undefined,
  performance: { now: () => 0 },
  structuredClone: (value: Loose) => parse(stringify(value)),
};

/** Evaluates a text among the names of a module, by the module. */
export const probes = new Map<string, (text: string) => Loose>();
const common = new CommonNames((module) => probes.get(module));
const assumed = new Map<string, Loose>();

/** Names that the user's code reads and that neither it nor JavaScript has are not known. */
export const scope: object = new Proxy(names, {
  has: (own, key) => typeof key === 'string' && (Object.hasOwn(own, key) || !(key in globalThis)),
  get(own, key) {
    if (typeof key === 'symbol') return undefined;
    if (Object.hasOwn(own, key)) return own[key];
    const declared = common.read(request.scripts, key);
    if (declared !== nowhere || common.isLooking(key)) return declared;
    if (!assumed.has(key)) assumed.set(key, unknown(key));
    return assumed.get(key);
  },
  set(own, key, value) {
    if (!common.write(request.scripts, key as string, value)) own[key as string] = value;
    // `self.onmessage = …`: the page calls it.
    if (typeof key === 'string' && /^on[a-z]+$/.test(key)) handOver(value, key, 0);
    return true;
  },
});
names.globalThis = scope;
names.self = scope;
names.window = scope;

/** Adds names for expressions of the host's. */
export function addNames(others: Readonly<Record<string, Loose>>): void {
  Object.assign(names, others);
}
