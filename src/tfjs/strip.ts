/**
 * A module of TypeScript or JavaScript as text that QuickJS runs: the same lines, and a map for columns.
 *
 * `code` is one function expression, `(function(__lens,exports,module,require){…})`, asynchronous where the module awaits
 * at its own level; `this` is `exports`. `require(specifier)` gives another module's exports; `__lens` is what `src/tfjs/guest/runtime.ts`
 * makes for the module. The text calls of it:
 * - `scope(evaluate)`, once and first: `evaluate(text)` gives the value of an expression among the module's names
 * - `module(exports)`: it is an ES module; `export(exports, name, get, set?)`, `star(exports, specifier)`
 * - `import(specifier, names)`: an object with a getter for each name; `all(specifier)`: the namespace;
 *   `dynamic(specifier)`, `meta`
 * - `failed(statement, error, ...names)`: a statement of the module's own level threw (`statements[…]` is its place); gives
 *   what stands in for each name that it was to set. The statements after it run.
 * - `shown(...handlers)` for JSX: each gives what stands behind an attribute such as `onClick`
 * - `enum(object, define)`, where `define` is given `member(name, value?)`
 * - decisions, by their number in `decisions`: `test`, `given`, `otherwise`, `equal`, `alike`, `less`, `atMost`, `more`,
 *   `atLeast`, `instance`, `has`, `subject`, `case`, `items`, `spread`, `open`; and `type` for `typeof`
 *
 * Its own names begin with `__lens`.
 */
import type { SourceRange } from '../graph/types';
import type { Syntax } from '../syntax/syntax';
import { ModuleBody } from './body';
import type { Decision } from './decisions';
import { type CodePart, grammarOf, parseParts, type Root } from './nodes';
import type { ModuleText, StripNote } from './partWriter';
import type { Lines, PositionMap } from './places';
import { scriptOf } from './scripts';
import { type ImportRequest, Stripper } from './stripper';

export interface Stripped {
  readonly file: string;
  /** The text that was written. */
  readonly text: string;
  /** The text that runs. */
  readonly code: string;
  readonly map: PositionMap;
  /** The tree of the written text. */
  readonly root: CodePart;
  readonly lines: Lines;
  readonly isAsync: boolean;
  /** Whether it imports and exports nothing: as a page's script it has its names in common with the others. */
  readonly isScript: boolean;
  /** Whether the grammar did not understand all of the text: what runs may not be what was written. */
  readonly isDamaged: boolean;
  readonly decisions: readonly Decision[];
  /** The statements that `failed` speaks of, by their numbers. */
  readonly statements: readonly SourceRange[];
  readonly requests: readonly ImportRequest[];
  /** Every name that the code uses, those that it declares among them: the rest are globals. */
  readonly names: ReadonlySet<string>;
  readonly notes: readonly StripNote[];
}

/** Strips a module. @throws ParseError, NestingError */
export async function strip(syntax: Syntax, file: string, text: string): Promise<Stripped> {
  const script = scriptOf(file, text);
  const grammar = script?.grammar ?? grammarOf(file);
  const isTypeScript = script ? script.isTypeScript : /\.[cm]?tsx?$/i.test(file);
  const code = script?.text ?? text;
  return stripParts(await parseParts(syntax, grammar, code), { file, text: code, isTypeScript });
}

/**
 * Strips an expression that is to run among a module's names: `createModel({units: 4} as Config)`. Nothing in it is a
 * decision.
 */
export async function stripExpression(syntax: Syntax, file: string, text: string): Promise<string> {
  const code = `(${text}\n)`;
  const root = await parseParts(syntax, grammarOf(file), code);
  const stripper = new Stripper(root, { file, text: code, isTypeScript: true }, false);
  // The parentheses, not the statement that they are: that would end with a semicolon.
  for (const statement of root.children) stripper.children(statement);
  return stripper.output.finish().code;
}

/** Strips what has been parsed. */
export function stripParts(root: Root, module: ModuleText): Stripped {
  const stripper = new Stripper(root, module, true);
  const head = stripper.output.slot();
  const body = new ModuleBody(stripper, undefined);
  body.emit(root.children);
  const isStrict = body.isModule || stripper.isStrict || /\.m[jt]sx?$/i.test(module.file);
  const start = `(${stripper.isAsync ? 'async ' : ''}function(__lens,exports,module,require){`;
  const scope = '__lens.scope(__lens_t=>eval(__lens_t));';
  head.text = `${start}${isStrict ? '"use strict";' : ''}${scope}${body.head()}`;
  stripper.output.to(module.text.length);
  stripper.output.put('\n})');
  const { code, map } = stripper.output.finish();
  const { lines, isAsync, statements, names, notes } = stripper;
  const leftOut = body.leftOut();
  const requests = stripper.requests.filter(({ kind, specifier }) => kind !== 'import' || !leftOut.has(specifier));
  const decisions = stripper.decisions.list;
  const isScript = !body.isModule && stripper.requests.length === 0 && !names.has('exports');
  const { file, text } = module;
  return {
    file,
    text,
    code,
    map,
    root,
    lines,
    isAsync,
    isScript,
    isDamaged: root.isDamaged,
    decisions,
    statements,
    requests,
    names,
    notes,
  };
}
