import type { Activation } from '../activations/types';
import { FormulaSearch } from '../detect/python/formulas';
import { type Imported, Names, nameStart } from '../detect/python/names';
import { children, rangeOf, stripParentheses } from '../detect/range';
import type { ActivationSite, SiteForm } from '../detect/site';
import type { ActivationParameters, Scalar, SourceRange } from '../graph/types';
import { say, sentence } from '../language/say';
import type { SourceText } from '../source/source';
import type { Node, Tree } from '../syntax/syntax';
import type { TextEdit } from './advice';
import { callAround } from './calls';
import { moduleAt } from './imports';
import { spell } from './spelling';

/** A replacement that would not mean the same kind of thing; the message says where and why. */
export class ReplaceError extends Error {
  override name = 'ReplaceError';
}

/**
 * Edits that write another activation at the chosen sites, in the file's own spelling, imports included. Only names and
 * arguments are rewritten, so that comments and the tensor stay as they are. Parameters that equal the activation's
 * defaults are not written; in-place stays in place.
 * @throws ReplaceError where a site has no form of the new activation.
 */
export function replaceActivation(
  tree: Tree,
  text: SourceText,
  sites: readonly ActivationSite[],
  activation: Activation,
  parameters: ActivationParameters,
  imported?: Imported,
): TextEdit[] {
  const names = new Names(tree.rootNode, text.text, imported);
  const search = new FormulaSearch(names);
  const edits = sites.flatMap((site) =>
    new Replacement(tree, text, names, search, site, activation, parameters).edits(),
  );
  const seen = new Set<string>();
  return edits.filter((edit) => {
    const key = JSON.stringify(edit);
    return seen.size !== seen.add(key).size;
  });
}

/** Forms that say what runs without a name that could be exchanged. */
const notReplaced: Partial<Record<SiteForm, () => string>> = {
  string: () => say('it is chosen by a name in a string, and which names are known there is not; write the name'),
  implicit: () => say('it is part of what is named here'),
  member: () => say('it is a member of an enumeration, and which members there are is not known; write the name'),
  mention: () => say('it is named here and chosen nowhere'),
};

class Replacement {
  private readonly name: Node;
  private readonly kind: 'module' | 'function';
  /** Arguments to write behind the tensor. */
  private readonly written: readonly string[];

  constructor(
    tree: Tree,
    private readonly text: SourceText,
    private readonly names: Names,
    private readonly search: FormulaSearch,
    private readonly site: ActivationSite,
    private readonly activation: Activation,
    parameters: ActivationParameters,
  ) {
    const reason = notReplaced[site.form]?.();
    if (reason) throw this.refusal(reason);
    const { range } = site;
    if (site.form === 'formula') {
      this.name = nodeOf(tree, site.expression);
      this.kind = 'function';
      this.written = this.arguments(parameters);
      return;
    }
    const at = { row: range.endLine, column: range.endColumn };
    const last = tree.rootNode.descendantForPosition({ row: at.row, column: at.column - 1 }, at);
    const isTail = last?.parent?.type === 'attribute' && last.parent.childForFieldName('attribute')?.id === last.id;
    const name = isTail && site.form !== 'method' ? last.parent : last;
    if (!name?.text.endsWith(site.text)) throw this.refusal(say('the text has changed since it was read'));
    this.name = name;
    const isClass =
      /^torch\.nn\.[A-Z]/.test(names.qualifiedName(name) ?? '') ||
      names.starMeanings(name.text).some((each) => /\.[A-Z]\w*$/.test(each));
    this.kind =
      site.form === 'module' || site.form === 'class' || (site.form === 'partial' && isClass) ? 'module' : 'function';
    this.written = this.arguments(parameters);
  }

  edits(): TextEdit[] {
    const { activation, site, name } = this;
    if (activation.shape === 'gated')
      throw this.refusal(say('it halves its input, so the layer before would have to be twice as wide'));
    if (activation.random) throw this.refusal(say('it draws random numbers on every call'));
    const choosesDim = activation.parameters.some(({ name, default: usual }) => name === 'dim' && usual === 'None');
    if (choosesDim && !this.written.some((each) => each.startsWith('dim=')))
      throw this.refusal(say('it needs a dimension, `dim`'));
    const [module] = activation.spellings.modules ?? [];
    if (this.kind === 'function' && activation.learned && module)
      throw this.refusal(say('as a function it needs a weight; use nn.{0}', module));
    if (site.form === 'formula') return this.formula();
    const call = name.parent?.type === 'call' ? name.parent : name.parent?.parent;
    if (site.form === 'method') return this.method(call ?? name);
    if (site.form === 'partial') return this.reference();
    const isCalled = name.parent?.type === 'call' && name.parent.childForFieldName('function')?.id === name.id;
    const isOpen = name.nextSibling?.type === '(';
    if (!isCalled && !isOpen) return this.reference();
    const list = isCalled ? name.parent?.childForFieldName('arguments') : undefined;
    if (this.kind === 'function') {
      if (list) this.mustKeepResult(name.parent ?? name);
      if (activation.transparent && list && name.parent) return this.tensorAlone(name.parent, list);
    }
    const { text, edits } = this.requireSpelling();
    const rewritten = list ? this.list(list) : this.written.length > 0 ? undefined : [];
    if (!rewritten) throw this.refusal(say('its arguments are not complete'));
    return [{ range: site.range, text }, ...rewritten, ...edits];
  }

  /** What the new call says beside the tensor. */
  private arguments(parameters: ActivationParameters): string[] {
    const { activation, site } = this;
    const written = activation.parameters.flatMap(({ name, default: usual, required }) => {
      const value = parameters[name] ?? usual;
      return name === 'inplace' || (value === usual && !required) ? [] : [`${name}=${literal(value)}`];
    });
    if (!activation.parameters.some(({ name }) => name === 'inplace')) return written;
    const own = site.parameters.inplace;
    // `inplace=inplace` is passed on; what is only unpacked from `**options` is not.
    const passed = own && !('value' in own) && !own.expression.startsWith('*') ? own.expression : undefined;
    const isInplace = (own && 'value' in own && own.value === true) || /\w_$/.test(site.text);
    return isInplace ? [...written, 'inplace=True'] : passed ? [...written, `inplace=${passed}`] : written;
  }

  private requireSpelling() {
    const isBare = this.written.every((each) => each.startsWith('dim='));
    const found = spell(this.activation, this.kind, this.name, this.names, this.text.file, isBare);
    if (found) return found;
    throw this.refusal(
      this.kind === 'module' ? say('PyTorch has no module of it') : say('PyTorch has no function of it'),
    );
  }

  /** A call whose result nobody takes works by overwriting its tensor. */
  private mustKeepResult(call: Node): void {
    if (call.parent?.type === 'expression_statement' && !this.written.includes('inplace=True') && this.isInplace())
      throw this.refusal(say('it works in place here, and the result is not taken'));
  }

  private isInplace(): boolean {
    const own = this.site.parameters.inplace;
    return /\w_$/.test(this.site.text) || (own !== undefined && !('value' in own && own.value === false));
  }

  /** What is written out becomes a call, whole. */
  private formula(): TextEdit[] {
    const { activation, site, text, name } = this;
    const input = argumentOf(name) ?? this.search.inputOf(name, site.activation);
    if (!input)
      throw this.refusal(
        say('it is written out, and its text does not tell what it is applied to; write a call in its place first'),
      );
    const range = rangeOf(name, text.file);
    if (activation.transparent) return [{ range, text: atom(input) }];
    const { text: spelled, edits } = this.requireSpelling();
    return [{ range, text: `${spelled}(${[stripParentheses(input).text, ...this.written].join(', ')})` }, ...edits];
  }

  /** `x.relu()` stays a method where the new one has one, else becomes a function of `x`. */
  private method(call: Node): TextEdit[] {
    const { activation, site, text } = this;
    const callee = call.childForFieldName('function');
    const tensor = callee?.childForFieldName('object');
    const list = call.childForFieldName('arguments');
    if (!tensor || !list) throw this.refusal(say('its tensor is not written out'));
    this.mustKeepResult(call);
    const own = activation.spellings.methods?.[0];
    if (own && this.written.every((each) => each.startsWith('dim=')))
      return [{ range: site.range, text: own }, ...(this.list(list, true) ?? [])];
    if (activation.transparent) return [{ range: site.expression, text: tensor.text }];
    const { text: name, edits } = this.requireSpelling();
    const made = `${name}(${[tensor.text, ...this.written].join(', ')})`;
    return [{ range: rangeOf(call, text.file), text: made }, ...edits];
  }

  /** The identity as a function: the tensor. */
  private tensorAlone(call: Node, list: Node): TextEdit[] {
    const tensor = this.tensor(list);
    const value = tensor.type === 'keyword_argument' ? tensor.childForFieldName('value') : tensor;
    const range = rangeOf(nameStart(this.name), this.text.file, call);
    return [{ range, text: value ? atom(value) : '' }];
  }

  private tensor(list: Node): Node {
    const all = children(list);
    const found =
      all.find((each) => each.type === 'keyword_argument' && each.childForFieldName('name')?.text === 'input') ??
      all[0];
    if (
      !found ||
      /splat/.test(found.type) ||
      (found.type === 'keyword_argument' && found.childForFieldName('name')?.text !== 'input')
    )
      throw this.refusal(say('its tensor is not written out'));
    return found;
  }

  /** Writes the arguments in place of those that stand there, behind the tensor of a function. */
  private list(list: Node, isMethod = false): TextEdit[] | undefined {
    const { file } = this.text;
    const all = children(list);
    const hasTensor = this.kind === 'function' && !isMethod;
    const tensor = hasTensor ? this.tensor(list) : undefined;
    const rest = all.filter((each) => each.id !== tensor?.id);
    if (rest.length === 0 && this.written.length === 0) return [];
    if (list.hasError) return undefined;
    const words = this.written.join(', ');
    const from = rest[0];
    const to = rest.at(-1);
    if (!from || !to) {
      const opening = rangeOf(tensor ?? list, file);
      return [
        tensor
          ? insertion(file, opening.endLine, opening.endColumn, `, ${words}`)
          : insertion(file, opening.line, opening.column + 1, words),
      ];
    }
    if (tensor && tensor.id !== all[0]?.id)
      return [
        { range: rangeOf(all[0] ?? from, file, all.at(-1)), text: [tensor.text, words].filter(Boolean).join(', ') },
      ];
    if (words) return [{ range: rangeOf(from, file, to), text: words }];
    // Without arguments the comma goes too: the one before them, or the one that trails.
    if (tensor) {
      const own = rangeOf(tensor, file);
      return [{ range: { ...rangeOf(from, file, to), line: own.endLine, column: own.endColumn }, text: '' }];
    }
    const comma = to.nextSibling?.type === ',' ? to.nextSibling : to;
    return [{ range: rangeOf(from, file, comma), text: '' }];
  }

  /** A class or function that is handed on, by itself or through `partial`. */
  private reference(): TextEdit[] {
    const { site, names, text, name, written } = this;
    const { text: spelled, edits } = this.requireSpelling();
    const range: SourceRange = site.expression;
    if (written.length === 0) return [{ range, text: spelled }, ...edits];
    const call = site.form === 'partial' ? callAround.from(name) : undefined;
    const callee = call?.childForFieldName('function')?.text;
    const partial = callee ? { text: callee, edits: [] } : partialAt(name, names, text.file);
    return [{ range, text: `${partial.text}(${[spelled, ...written].join(', ')})` }, ...edits, ...partial.edits];
  }

  private refusal(reason: string): ReplaceError {
    const { text, range } = this.site;
    return new ReplaceError(
      say("{0} at line {1} can't become {2}: {3}", text, range.line + 1, this.activation.title, sentence(reason)),
    );
  }
}

/** An expression that can stand in a larger one. */
function atom({ type, text }: Node): string {
  return /^(identifier|call|attribute|subscript|parenthesized_expression)$/.test(type) ? text : `(${text})`;
}

/** The expression at a place. */
function nodeOf(tree: Tree, { line, column, endLine, endColumn }: SourceRange): Node {
  const found = tree.rootNode.descendantForPosition({ row: line, column }, { row: endLine, column: endColumn });
  return found ?? tree.rootNode;
}

/** The one argument of an autograd Function that is applied: what it computes of it stands elsewhere. */
function argumentOf(call: Node): Node | undefined {
  const callee = call.type === 'call' ? call.childForFieldName('function') : undefined;
  if (callee?.childForFieldName('attribute')?.text !== 'apply') return undefined;
  const [first, more] = children(call.childForFieldName('arguments'));
  return first && !more && !/splat|keyword/.test(first.type) ? first : undefined;
}

/** `partial` as the file imports it, else through `functools`. */
function partialAt(use: Node, names: Names, file: string) {
  const isOwn = names
    .bindings('partial')
    .some((each) => each.module === 'functools.partial' && each.scope === names.root.id);
  if (isOwn && names.bindings('partial').length === 1) return { text: 'partial', edits: [] };
  const { prefix, edits } = moduleAt('functools', use, names, file);
  return { text: `${prefix}.partial`, edits };
}

function insertion(file: string, line: number, column: number, text: string): TextEdit {
  return { range: { file, line, column, endLine: line, endColumn: column }, text };
}

/** A value as Python writes it. */
export function literal(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    return `float("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}")`;
  }
  // JSON's escapes of quotes, backslashes and control characters are Python's too.
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
