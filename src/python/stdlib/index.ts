import type { Interpreter } from '../interpreter';
import { PyModule, type PyValue } from '../values';
import { collectionsModule } from './collections';
import { copyModule } from './copy';
import { dataclassesModule } from './dataclasses';
import { functoolsModule } from './functools';
import { inspectModule } from './inspect';
import { itertoolsModule } from './itertools';
import { mathModule } from './math';
import {
  abcModule,
  enumModule,
  loggingModule,
  numbersModule,
  operatorModule,
  typesModule,
  typingModule,
  warningsModule,
} from './small';

type Members = Readonly<Record<string, PyValue>>;

/** The parts of the standard library that model code is built with. */
const MAKERS: Readonly<Record<string, (ctx: Interpreter) => Members>> = {
  math: mathModule,
  functools: functoolsModule,
  collections: collectionsModule,
  'collections.abc': typingModule,
  itertools: itertoolsModule,
  typing: typingModule,
  typing_extensions: typingModule,
  dataclasses: dataclassesModule,
  copy: copyModule,
  abc: abcModule,
  enum: enumModule,
  warnings: warningsModule,
  logging: loggingModule,
  numbers: numbersModule,
  operator: operatorModule,
  inspect: inspectModule,
  types: typesModule,
};

const SLOT = Symbol('standard library');

/** A module of the standard library, or undefined where it is not one that is known. */
export function standardModule(ctx: Interpreter, name: string): PyModule | undefined {
  const made = ctx.slot(SLOT, () => new Map<string, PyModule>());
  const known = made.get(name);
  if (known) return known;
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (!maker) return undefined;
  const module = new PyModule(name);
  made.set(name, module);
  for (const [key, value] of Object.entries(maker(ctx))) module.members.set(key, value);
  if (name === 'collections') {
    const abc = standardModule(ctx, 'collections.abc');
    if (abc) module.members.set('abc', abc);
  }
  if (name === 'typing' || name === 'typing_extensions' || name === 'collections.abc') {
    // Whatever else these offer is for annotations.
    module.missing = (key) => (key.startsWith('__') ? undefined : ctx.classes.generic);
  }
  return module;
}
