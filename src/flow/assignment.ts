/** Gives a value to a name, an attribute, an element, or its parts to the parts of a pattern. */
import type { Expr } from '../python/syntax/ast';
import { lastOfClassifier } from './libraries';
import { elementsOf } from './queries';
import { partsOfTuple } from './records';
import { type FlowRun, placeIn } from './run';
import { registerModule, writeAttribute } from './scopes';
import type { Frame } from './store';
import { chooseOf, constantOf, type FlowValue, possibilities, unknown } from './values';

export function assign(run: FlowRun, target: Expr, value: FlowValue, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      run.bind(frame, target.name, value);
      if (value.kind === 'layer') run.nameLayer(value.id, target.name);
      return;
    case 'attribute': {
      const object = run.evaluate(target.object, frame);
      for (const each of possibilities(object)) {
        if (each.kind === 'instance') run.initialise(each);
        writeAttribute(run.store, each, target.name, value);
        if (each.kind === 'instance') registerModule(run.store, each, value);
        if (each.kind === 'layer' && target.name === 'weight') run.reweight(each);
      }
      for (const each of possibilities(value)) {
        if (each.kind === 'layer' || each.kind === 'sequence' || each.kind === 'instance')
          run.nameLayer(each.id, target.name);
        if (each.kind === 'result') run.use(each);
      }
      return;
    }
    case 'subscript': {
      const object = run.evaluate(target.object, frame);
      const index = run.evaluate(target.index, frame);
      run.use(value);
      for (const each of possibilities(object)) {
        replaceHead(run, each, index, value);
        if (each.kind !== 'mapping' && each.kind !== 'sequence') continue;
        const { items, keys, isOpen } = run.store.contents(each.id);
        const at =
          index.kind !== 'constant'
            ? -1
            : each.kind === 'mapping'
              ? keys.indexOf(String(index.value))
              : Number(index.value) + (Number(index.value) < 0 ? items.length : 0);
        if (at >= 0 && at < items.length) run.store.fill(each.id, { items: items.with(at, value), keys, isOpen });
        else if (each.kind === 'mapping' && index.kind === 'constant')
          run.store.fill(each.id, { items: [...items, value], keys: [...keys, String(index.value)], isOpen });
        else run.store.fill(each.id, { items: items.map(() => unknown), keys, isOpen: true });
      }
      return;
    }
    case 'tuple':
    case 'list':
      unpack(run, target.items, value, frame, target);
      return;
    case 'starred':
      assign(run, target.value, unknown, frame);
      return;
    default:
  }
}

/** `model.classifier[6] = …`: the last layer of a classifier of a library is another one from here on. */
function replaceHead(run: FlowRun, object: FlowValue, index: FlowValue, value: FlowValue): void {
  if (object.kind !== 'method' || object.name !== 'classifier' || object.receiver.kind !== 'layer') return;
  if (index.kind !== 'constant') return;
  if (index.value === -1 || index.value === lastOfClassifier(object.receiver.type))
    writeAttribute(run.store, object.receiver, object.name, value);
}

function unpack(run: FlowRun, targets: readonly Expr[], value: FlowValue, frame: Frame, whole: Expr): void {
  const elements = value.kind === 'instance' ? partsOfTuple(run, value) : elementsOf(value, run.store);
  const star = targets.findIndex(({ kind }) => kind === 'starred');
  targets.forEach((target, index) => {
    const fits = elements && (star < 0 ? elements.length === targets.length : index < star);
    assign(run, target, fits ? (elements[index] ?? unknown) : partOf(run, value, index, frame, whole), frame);
  });
}

/** One of the several results of a call: `out, hidden = lstm(x)`. */
function partOf(run: FlowRun, value: FlowValue, index: number, frame: Frame, whole: Expr): FlowValue {
  if (value.kind === 'choice') return chooseOf(value.of.map((each) => partOf(run, each, index, frame, whole)));
  if (value.kind === 'sequence') return elementsOf(value, run.store)?.[index] ?? unknown;
  if (value.kind === 'instance') return partsOfTuple(run, value)?.[index] ?? unknown;
  if (value.kind !== 'result') return unknown;
  const at = placeIn(frame.file, whole.span);
  return run.record({
    op: '[]',
    inputs: [value],
    args: [{ value: constantOf(index), at, name: undefined, isSpread: false }],
    layer: undefined,
    form: 'operator',
    at,
    isMaybe: value.isMaybe,
    isAssumed: value.isAssumed,
  });
}
