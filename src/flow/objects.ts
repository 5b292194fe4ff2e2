import { makeContainer, runSequential } from './containers';
import { containerForms, outerMethods } from './libraries';
import { argumentOf } from './queries';
import { fillFields } from './records';
import { type FlowRun, goesAway } from './run';
import { classAttribute, libraryBases, lineOf, ownAttribute, registerModule, runsAsSequential } from './scopes';
import {
  constantOf,
  type FlowArgument,
  type FlowPlace,
  type FlowSequence,
  type FlowValue,
  possibilities,
  type UserInstance,
  unknown,
} from './values';

/** Runs the constructor of an object. That waits until something of the object is asked for: most are only handed on. */
export function initialise(run: FlowRun, instance: UserInstance): void {
  const key = `ready ${instance.id}`;
  if (run.store.read(key)) return;
  run.store.write(key, constantOf(true));
  const initialiser = classAttribute(run.store, lineOf(instance.cls), '__init__');
  if (initialiser?.kind === 'function') run.inline({ ...initialiser, receiver: instance }, instance.args);
  else {
    initialiseBase(run, instance, instance.args, instance.cls.at);
    fillFields(run.store, instance, instance.args);
  }
}

/** What `super().__init__` of a library's class does with its arguments. */
export function initialiseBase(
  run: FlowRun,
  instance: UserInstance,
  args: readonly FlowArgument[],
  at: FlowPlace,
): void {
  const form = libraryBases(instance.cls)
    .map((name) => containerForms[name])
    .find(Boolean);
  if (!form) return;
  const layers = makeContainer(run, form, args, at);
  run.store.fill(instance.id, run.store.contents(layers.id));
}

export function runInstance(
  run: FlowRun,
  instance: UserInstance,
  args: readonly FlowArgument[],
  isMaybe: boolean,
): FlowValue {
  initialise(run, instance);
  run.noteRun(instance);
  const line = lineOf(instance.cls);
  for (const name of ['__call__', 'forward']) {
    const method = classAttribute(run.store, line, name);
    if (method?.kind !== 'function') continue;
    const given = run.inline({ ...method, receiver: instance }, args);
    const isFollowed = possibilities(given).every(({ kind }) => kind !== 'unknown');
    return isFollowed ? given : (run.answer(instance) ?? given);
  }
  if (runsAsSequential(run.store, instance)) {
    const layers: FlowSequence = { kind: 'sequence', id: instance.id, form: 'sequential', at: instance.cls.at };
    return runSequential(run, layers, args, isMaybe);
  }
  return goesAway(run, args);
}

export function instanceAttribute(run: FlowRun, instance: UserInstance, name: string): FlowValue {
  const found = classAttribute(run.store, lineOf(instance.cls), name);
  if (found || !outerMethods.has(name)) initialise(run, instance);
  const own = ownAttribute(run.store, instance, name);
  if (own) return own;
  if (!found && (name === 'module' || name === '_orig_mod')) return instance;
  if (found?.kind !== 'function') return found ?? { kind: 'method', receiver: instance, name };
  if (found.decorators.includes('staticmethod')) return found;
  const method = { ...found, receiver: instance };
  return found.decorators.some((each) => /^(cached_)?property$/.test(each)) ? run.inline(method, []) : method;
}

/** `super().forward`: what the classes behind the one that is running define. */
export function superAttribute(run: FlowRun, instance: UserInstance, name: string): FlowValue {
  const owner = run.trail.at(-1)?.callee.owner;
  const line = lineOf(instance.cls);
  const behind = line.slice(line.findIndex((each) => each.id === owner?.id) + 1);
  const found = classAttribute(run.store, behind, name);
  if (found?.kind === 'function') return { ...found, receiver: instance };
  return { kind: 'method', receiver: instance, name: `super().${name}` };
}

export function setAttribute(run: FlowRun, instance: UserInstance, args: readonly FlowArgument[]): FlowValue {
  const name = argumentOf(args, 0, 'name')?.value;
  const value = argumentOf(args, 1, 'module')?.value;
  if (name?.kind === 'constant' && value) {
    run.store.write(`${instance.id}.${name.value}`, value);
    if (value.kind === 'layer') run.nameLayer(value.id, String(name.value));
    registerModule(run.store, instance, value);
  }
  return unknown;
}
