/** The one object of settings that a class or a function takes, as a program of another file makes it. */
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import type { Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyFunction } from '../python/values/scope';
import { PyClass, PyDict, PyInstance, type PyValue } from '../python/values/values';
import { shortName } from '../source/path';
import { framework } from '../torch/framework';
import { type Callee, codeOf, nameOf, requiredParameters } from './callee';
import type { CallValues } from './caller';
import type { SettingsText } from './configFiles';
import { CLASS, covers, isTolerable, MAKING_WORD, type SettingsObject, settingsFor, settingsOf } from './configs';
import { Frames } from './frames';
import { settingParameters } from './keyed';
import { type Overlaid, overlay } from './overlays';
import { pathsTaken } from './settingsTaken';
import { lastName, topLevelStatements } from './slice';

/** Methods by which options that are a class of their own are read, and what else they say of them. */
const READS = ['parse', 'parse_args', 'gather_options'];
const DECLARES = 'initialize';

export class SettingsMaker extends Frames {
  /**
   * @param names what files of settings may call it
   * @param documents those that may change the defaults for it
   * @param nth which of them, where earlier ones are refused
   */
  *make(
    callee: Callee,
    names: readonly string[],
    documents: readonly SettingsText[],
    nth: number,
  ): Eval<CallValues | undefined> {
    const [only, ...others] = settingParameters(callee);
    const code = codeOf(callee);
    if (only === undefined || others.length > 0 || !code) return undefined;
    const paths = yield* pathsTaken(this.ctx, callee, only);
    const wanted = { name: only, annotation: undefined, code, taker: nameOf(callee), paths };
    const change = (value: PyValue) => overlay(this.ctx, callee, names, value, documents, nth);
    const found = (yield* settingsFor(this.ctx, this.module, wanted)) ?? (yield* this.covering(paths));
    const [made, changed] = found ? [found, yield* change(found.value)] : yield* this.changed(paths, change);
    // Without any that fits there is one way to make them.
    if (!made || (!changed && nth > 0)) return undefined;
    const from = `${shortName(this.program.file)}:${made.from}`;
    const message = changed
      ? say(
          '{0} is built with {1} as its {2}, changed by {3}, which names it',
          nameOf(callee),
          from,
          only,
          shortName(changed.file),
        )
      : say('{0} is built with {1} as its {2}', nameOf(callee), from, only);
    const keywords = new Map([[only, changed?.value ?? made.value]]);
    const source = changed && { file: changed.file, line: 0, column: 0, endLine: 0, endColumn: 0 };
    return { args: [], keywords, origin: { message, source, isGuess: true }, isDefault: true };
  }

  /** The first that has what is read. */
  *covering(paths: ReadonlySet<string>): Eval<SettingsObject | undefined> {
    for (const candidate of this.candidates()) {
      const made = yield* candidate();
      if (made && covers(this.ctx, made.value, paths)) return made;
    }
    return undefined;
  }

  /** The first that has what is read once a file of settings has changed it: some leave the most to that. */
  private *changed(
    paths: ReadonlySet<string>,
    change: (value: PyValue) => Eval<Overlaid | undefined>,
  ): Eval<[SettingsObject, Overlaid] | []> {
    for (const candidate of this.candidates()) {
      const made = yield* candidate();
      const changed = made && (yield* change(made.value));
      if (made && changed && covers(this.ctx, changed.value, paths)) return [made, changed];
    }
    return [];
  }

  /** Objects of the file, what its functions make, its command line, its options and its classes, until one is taken. */
  private *candidates(): Generator<() => Eval<SettingsObject | undefined>> {
    const own = [...topLevelStatements(this.program.body)];
    const classes = own.flatMap((each) => (each.kind === 'class' ? [each.name] : []));
    for (const name of this.module.members.keys()) yield () => this.object(name);
    for (const each of own)
      if (each.kind === 'function' && MAKING_WORD.test(each.code.name)) yield () => this.result(each.code.name);
    for (const name of namesParsed(this.program.body)) yield () => this.parseLine(name);
    for (const name of classes) yield () => this.options(name);
    for (const name of classes.filter((each) => CLASS.test(each))) yield () => this.instance(name);
  }

  /** `_C = CfgNode()` */
  private *object(name: string): Eval<SettingsObject | undefined> {
    const value = yield* this.member(name);
    return value instanceof PyInstance || value instanceof PyDict ? { value, from: name } : undefined;
  }

  /** `def get_config():` */
  private *result(name: string): Eval<SettingsObject | undefined> {
    const value = yield* this.member(name);
    const isOpen = !(value instanceof PyFunction) || requiredParameters(value).length > 0;
    return isOpen ? undefined : yield* settingsOf(this.ctx, value, name);
  }

  /** `args = parser.parse_args()` */
  private *parseLine(name: string): Eval<SettingsObject | undefined> {
    const value = yield* this.local(name);
    return value === undefined ? undefined : { value, from: 'parse_args()' };
  }

  /** `class Options:` whose `parse` reads the command line, or whose `initialize(parser)` declares what it has. */
  private *options(name: string): Eval<SettingsObject | undefined> {
    const { ctx } = this;
    const cls = yield* this.member(name);
    if (!(cls instanceof PyClass) || framework.isClass(ctx, cls)) return undefined;
    for (const method of [...READS, DECLARES]) {
      if (!(cls.lookup(method) instanceof PyFunction)) continue;
      try {
        const bound = yield* ctx.attribute(yield* ctx.run(cls), method);
        const value = method === DECLARES ? yield* this.readDeclared(bound) : yield* ctx.run(bound);
        if (value instanceof PyInstance || value instanceof PyDict) return { value, from: `${name}().${method}()` };
      } catch (error) {
        if (!isTolerable(error)) throw error;
      }
    }
    return undefined;
  }

  /** What a parser reads to which a method adds its options. */
  private *readDeclared(initialize: PyValue): Eval<PyValue> {
    const { ctx } = this;
    const parser = yield* ctx.run(ctx.nativeModule('argparse')?.members.get('ArgumentParser') ?? null);
    yield* ctx.run(initialize, [parser]);
    return yield* ctx.run(yield* ctx.attribute(parser, 'parse_args'));
  }

  /** `@dataclass class Config:` */
  private *instance(name: string): Eval<SettingsObject | undefined> {
    const value = yield* this.member(name);
    return value instanceof PyClass ? yield* settingsOf(this.ctx, value, name) : undefined;
  }
}

/** Names that a program gives to what it reads from its command line. */
function namesParsed(body: readonly Stmt[]): Set<string> {
  const names = new Set<string>();
  for (const node of walk(body)) {
    if (node.kind !== 'assign' || node.value.kind !== 'call') continue;
    if (!/^parse_(known_)?args$/.test(lastName(node.value.callee) ?? '')) continue;
    for (const target of node.targets) {
      const first = target.kind === 'tuple' ? target.items[0] : target;
      if (first?.kind === 'name') names.add(first.name);
    }
  }
  return names;
}
