/**
 * What the interpreter runs: the library, the user's modules, a request, and one text as the answer. The host holds the
 * four functions that this file gives back; the user's code sees none of them, and what it does to the globals that it
 * finds does not reach what was kept here before.
 */
import type { GuestAnswer, GuestRequest } from '../request';
import { faultsMet, NoModelMade, noteFault, problemOf } from './faults';
import { modelsMade, modelsOf } from './made';
import { awaitModules, defineModule, evaluateIn, type GuestModule, loadModule, shapeIn } from './modules';
import { phrase } from './phrases';
import { surroundings as places } from './places';
import { record } from './record';
import { addNames } from './scope';
import { keepCalls } from './seen';
import { begin, decisionsMade, request } from './session';
import { placeHere } from './stack';
import { chooseModel, isModel, lastOf } from './targets';
import { isCompiled, lastMet } from './tensorflow';
import { handOver, type Loose, reasonIn, touchedRoots, unknown } from './unknown';
import { goOn, settleUntil } from './waiting';

// Kept before any code of the user's could replace them.
const { parse, stringify } = JSON;

places.placeHere = placeHere;

let answered: string | undefined;

/** Waits until nothing is left to do, functions that a page would call among it, or the code has made a model. */
const settleForModel = () => settleUntil(() => modelsMade().length > 0);

/** What expressions of the host's are written with. */
addNames({
  /** A value that nobody gave. */
  $unknown: (why: string) => unknown(why),
  $settled: settleForModel,
  /** The model that functions make which the code hands to a page, a server, an event. */
  async $handed() {
    const before = modelsMade().length;
    await settleUntil(() => modelsMade().length > before);
    return lastOf(modelsMade().slice(before));
  },
  /** The model that a function makes while another runs, which calls it. */
  async $through(module: string, name: string, run: () => Loose) {
    const made = () => modelsOf(module, name);
    const before = made().length;
    try {
      await run();
      await settleUntil(() => made().length > 0);
    } catch (error) {
      // What goes wrong after the model was made is no part of it.
      if (made().length === before) throw error;
    }
    return lastOf(made());
  },
  /** What a text is in the scope of another module. */
  $in: evaluateIn,
});

async function read(): Promise<Pick<GuestAnswer, 'problem' | 'outcome' | 'measured'>> {
  try {
    const { entry, scripts, expression, measure, inputs, batch, training } = request;
    for (const name of [...scripts.slice(0, 1), entry]) loadModule(name);
    await awaitModules();
    if (measure) return { measured: measure.map((text) => shapeIn(entry, text)) };
    const value = await evaluateTarget(expression);
    let target = await chooseModel(value, modelsMade());
    if (!target) {
      // A component, a hook: what it gives and hands on is called by others.
      if (reasonIn(value, 0) === undefined) handOver(value, phrase('caller'));
      await settleForModel();
      target = lastOf(modelsMade());
    }
    if (!target) {
      const why = reasonIn(value);
      if (why !== undefined) return { problem: { kind: 'not-known', message: '', why } };
      // What the code caught, or nobody waited for, is why there is none.
      return { problem: problemOf(lastMet() ?? new NoModelMade()) };
    }
    if (!inputs && !isModel(target)) return { problem: { kind: 'needs-input', message: '' } };
    return { outcome: record(target, { batch, training, ...(inputs && { inputs }) }) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** What an expression gives; what was made of a whole model before it threw is that model. */
async function evaluateTarget(expression: string): Promise<Loose> {
  try {
    return await evaluateIn(request.entry, expression);
  } catch (error) {
    if (!modelsMade().some(isCompiled)) throw error;
    noteFault(request.entry, error);
    return undefined;
  }
}

/** The answer's text: how the run ended, with what it came by. */
const answerOf = (end: Omit<GuestAnswer, 'touched' | 'faults'>): string =>
  stringify({ ...end, touched: touchedRoots(), faults: faultsMet() } satisfies GuestAnswer);

/** What the host calls, by name. */
const entries = {
  define: (name: string, body: GuestModule | string): void => defineModule(name, body),

  start(text: string): void {
    begin(parse(text) as GuestRequest);
    if (request.traced) keepCalls();
    void read().then((end) => {
      answered = answerOf({ ...end, decisions: decisionsMade() });
    });
  },

  /** Called where all jobs are done: `more` where there is something to go on with. */
  rest: (): string => (answered === undefined && goOn() ? 'more' : ''),

  /** JSON of a `GuestAnswer`. */
  answer: (): string =>
    answered ?? answerOf({ problem: { kind: 'raised', message: phrase('endlessWait') }, decisions: [] }),
};

export default entries;
