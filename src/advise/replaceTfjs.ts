import { defaultParameters } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import { children, rangeOf } from '../detect/range';
import type { ActivationSite } from '../detect/site';
import { argumentList } from '../detect/typescript/arguments';
import { keyName } from '../detect/typescript/bindings';
import { follow, openSink } from '../detect/typescript/flow';
import { FormulaReader } from '../detect/typescript/formula';
import { TypeScriptNames } from '../detect/typescript/names';
import { type TfjsSpelling, tfjsTable } from '../detect/typescript/tfjsTable';
import type { ActivationParameters, Scalar, SourceRange } from '../graph/types';
import { say, sentence } from '../language/say';
import type { SourceText } from '../source/source';
import type { Node, Tree } from '../syntax/syntax';
import type { TextEdit } from './advice';
import { ReplaceError } from './replace';

/**
 * Edits that write another activation at sites of TensorFlow.js code: another word in a layer's config, another layer,
 * another op. Only names and arguments are rewritten.
 * @param parameters what the new one is to run with; undefined: what its own spelling sets
 * @throws ReplaceError where TF.js has no such form of the new activation, or the place does not choose it by itself.
 */
export function replaceTfjs(
  tree: Tree,
  text: SourceText,
  sites: readonly ActivationSite[],
  activation: Activation,
  parameters?: ActivationParameters,
): TextEdit[] {
  const names = new TypeScriptNames(tree.rootNode, text.text);
  const edits = sites.flatMap((site) =>
    new Replacement(tree.rootNode, text, names, site, activation, parameters).edits(),
  );
  // Two sites may need the same import.
  const keyOf = ({ range, text: written }: TextEdit) => JSON.stringify([range, written]);
  return [...new Map(edits.map((edit) => [keyOf(edit), edit])).values()];
}

/** Why no word of a kind stands for the activation; and why none does with the parameters that are written. */
const reasons = {
  fused: () => say('a fused op has no word for it'),
  identifiers: () => say("a layer's `activation` has no word for it"),
};
const narrowedReasons = {
  fused: () => say('a fused op has no word for it with these parameters'),
  identifiers: () => say("a layer's `activation` has no word for it with these parameters"),
};

/** What every layer takes, whatever it does. */
const ofEveryLayer = new Set(['name', 'inputShape', 'batchInputShape', 'batchSize', 'dtype', 'trainable']);

const isSameRange = (a: SourceRange, b: SourceRange) =>
  a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;

class Replacement {
  constructor(
    private readonly root: Node,
    private readonly text: SourceText,
    private readonly names: TypeScriptNames,
    private readonly site: ActivationSite,
    private readonly activation: Activation,
    private readonly parameters: ActivationParameters | undefined,
  ) {}

  edits(): TextEdit[] {
    const { form } = this.site;
    const name = this.nodeAt();
    if (form === 'formula') return this.formula(name);
    if (name.parent?.type === 'new_expression') return this.instance(name.parent);
    if (form === 'string') return this.word(name);
    if (form === 'method') return this.method(name);
    const spelled = this.names.qualifiedName(name);
    if (!spelled || !tfjsTable().names.has(spelled))
      throw this.refusal(say("it is this file's own; change it where it is written"));
    if (name.type === 'member_expression') return form === 'function' ? this.op(name) : this.layer(name);
    const imported = form === 'function' ? this.importFunction(name) : undefined;
    if (!imported)
      throw this.refusal(say('its name stands alone here; write it behind `tf.`, then another can take its place'));
    return imported;
  }

  /** A function that was imported by its name: behind the name of the whole library, or imported as well. */
  private importFunction(name: Node): TextEdit[] | undefined {
    const edits = this.op(name);
    const at = edits.findIndex(({ range }) => isSameRange(range, this.site.range));
    const own = edits[at];
    // An activation that changes nothing leaves no name.
    if (!own) return edits;
    const whole = this.importedLibrary();
    if (whole) return edits.with(at, { ...own, text: `${whole}.${own.text}` });
    const lists = this.importClauses().flatMap((clause) =>
      children(clause).filter(({ type }) => type === 'named_imports'),
    );
    for (const list of lists) {
      const specifiers = children(list).filter(({ type }) => type === 'import_specifier');
      const local = (each: Node) => (each.childForFieldName('alias') ?? each.childForFieldName('name'))?.text;
      const last = specifiers.at(-1);
      if (!last || !specifiers.some((each) => local(each) === name.text)) continue;
      if (specifiers.some((each) => local(each) === own.text)) return edits;
      const range = rangeOf(last, this.text.file);
      return [...edits, { range: { ...range, line: range.endLine, column: range.endColumn }, text: `, ${own.text}` }];
    }
    return undefined;
  }

  private importClauses(): Node[] {
    const imports = children(this.root).filter(({ type }) => type === 'import_statement');
    return imports.flatMap((each) => children(each).filter(({ type }) => type === 'import_clause'));
  }

  /** The name under which the whole library is imported: `tf`. */
  private importedLibrary(): string | undefined {
    return this.importClauses()
      .flatMap((clause) =>
        children(clause).map((each) => (each.type === 'namespace_import' ? children(each).at(-1) : each)),
      )
      .find((each) => each?.type === 'identifier' && this.names.qualifiedName(each) === 'tf')?.text;
  }

  /** The same, or what the file calls it where a script element or `require` brings it. */
  private library(): string {
    const imported = this.importedLibrary();
    if (imported !== undefined) return imported;
    for (const member of this.root.descendantsOfType('member_expression')) {
      const object = member?.childForFieldName('object');
      if (object?.type === 'identifier' && this.names.qualifiedName(object) === 'tf') return object.text;
    }
    throw this.refusal(say('the whole library has no name in this file; import it as `tf`'));
  }

  /** `x.mul(tf.sigmoid(x))` becomes a function of `x`. */
  private formula(root: Node): TextEdit[] {
    const reader = new FormulaReader(this.names);
    const parts = root.descendantsOfType(['call_expression', 'binary_expression']);
    const found = parts.map((part) => part && reader.formulaAround(part)).find((each) => each?.root.id === root.id);
    if (!found) throw this.refusal(say('it is written out; write a call in its place first'));
    if (this.activation.transparent) return [this.replace(root, found.input.text)];
    const { op, extra } = this.target();
    return [this.replace(root, `${this.library()}.${op}(${[found.input.text, ...extra].join(', ')})`)];
  }

  /** `new Swish()`, a layer of the file's own, becomes a layer of the library's; what every layer takes is kept. */
  private instance(made: Node): TextEdit[] {
    const { target, extra } = this.layerArguments();
    const [config] = children(made.childForFieldName('arguments') ?? made).filter(({ type }) => type === 'object');
    const kept = (config ? children(config) : []).filter((part) =>
      ofEveryLayer.has(keyName(part.childForFieldName('key')) ?? part.text),
    );
    const written = [...kept.map((part) => part.text), ...extra];
    const list = written.length > 0 ? `({ ${written.join(', ')} })` : '()';
    return [this.replace(made, `${this.library()}.layers.${target}${list}`)];
  }

  private nodeAt(): Node {
    const { line, column, endLine, endColumn } = this.site.range;
    const found = this.root.descendantForPosition({ row: line, column }, { row: endLine, column: endColumn });
    if (found?.text !== this.site.text) throw this.refusal(say('the text has changed since it was read'));
    return found;
  }

  /** `activation: 'relu'`. */
  private word(node: Node): TextEdit[] {
    if (node.type !== 'string_fragment') {
      const word = this.wordFor(this.kindOf(this.definition(node)));
      // `{ activation }` names the property too.
      const isShorthand = node.type === 'shorthand_property_identifier';
      return [{ range: this.site.expression, text: isShorthand ? `${node.text}: '${word}'` : `'${word}'` }];
    }
    const literal = node.parent ?? node;
    const holder = literal.parent;
    const key = holder?.type === 'pair' ? keyName(holder.childForFieldName('key')) : undefined;
    const isNamed = key !== undefined && !/^(recurrentA|a)ctivation$|^className$/.test(key);
    if (holder?.type === 'enum_assignment' || isNamed)
      throw this.refusal(
        say('it is what {0} means; change it where it is used', holder?.childForFieldName('name')?.text ?? key),
      );
    return [{ range: this.site.range, text: this.wordFor(this.kindOf(literal)) }];
  }

  /** The string behind a constant that is used. */
  private definition(use: Node): Node {
    const word = [...tfjsTable().identifiers, ...tfjsTable().fused].find(
      ([, { activation }]) => activation.id === this.site.activation,
    );
    for (const literal of word ? this.root.descendantsOfType(['string', 'template_string']) : [])
      if (literal && follow(literal, this.names).uses.some((each) => each.id === use.id)) return literal;
    throw this.refusal(say('what it is given is not in this file'));
  }

  private kindOf(literal: Node): 'identifiers' | 'fused' {
    const { sinks } = follow(literal, this.names);
    const open = openSink(literal, this.text.text, this.names);
    const kinds = new Set([...sinks, ...(open ? [open] : [])].map(({ kind }) => kind));
    if (kinds.size > 1) throw this.refusal(say('a layer and a fused op share it, and their words differ'));
    return kinds.has('fused') ? 'fused' : 'identifiers';
  }

  private wordFor(kind: 'identifiers' | 'fused'): string {
    const words = this.activation.spellings.tfjs?.[kind] ?? [];
    const wanted = this.parameters;
    const found = words.find((word) => {
      const spelling = tfjsTable()[kind].get(word);
      return spelling && (!wanted || this.additionalParameters(spelling).length === 0);
    });
    if (found) return found;
    const layer = this.activation.spellings.tfjs?.layers?.[0];
    const isNarrowed = wanted !== undefined && words.length > 0;
    const reason = isNarrowed ? narrowedReasons[kind]() : reasons[kind]();
    throw this.refusal(layer ? say('{0}; tf.layers.{1} is a layer of its own', sentence(reason), layer) : reason);
  }

  /** Parameters that differ from what a spelling sets by itself. */
  private additionalParameters(spelling: TfjsSpelling): [string, Scalar][] {
    const usual = { ...defaultParameters(this.activation), ...spelling.defaults };
    return this.activation.parameters.flatMap(({ name, numeric }): [string, Scalar][] => {
      const value = this.parameters?.[name];
      return numeric && value !== undefined && value !== usual[name] ? [[name, value]] : [];
    });
  }

  /** `tf.layers.reLU({…})`. */
  private layer(name: Node): TextEdit[] {
    const { target, extra } = this.layerArguments();
    const config = this.config(name);
    const edits: TextEdit[] = [{ range: this.property(name), text: target }];
    if (config === undefined && extra.length === 0) return edits;
    if (config === undefined) throw this.refusal(say('its arguments are not complete'));
    return [...edits, ...this.rewriteConfig(config, extra)];
  }

  /** The layer that the new activation is, and what its config must say. */
  private layerArguments(): { readonly target: string; readonly extra: readonly string[] } {
    const [target] = this.activation.spellings.tfjs?.layers ?? [];
    const spelling = target ? tfjsTable().names.get(`tf.layers.${target}`) : undefined;
    if (!target || !spelling) return { target: 'activation', extra: [`activation: '${this.wordFor('identifiers')}'`] };
    const extra = this.additionalParameters(spelling).map(
      ([parameter, value]) => `${this.argument(parameter)}: ${literal(value)}`,
    );
    return { target, extra };
  }

  /** The list of a layer's arguments; undefined where it is not called. */
  private config(name: Node): Node | undefined {
    const call = name.parent;
    const isCalled = call?.type === 'call_expression' && call.childForFieldName('function')?.id === name.id;
    return isCalled ? (call.childForFieldName('arguments') ?? undefined) : undefined;
  }

  /** The config with what belonged to the old activation taken out and what the new one needs put in. */
  private rewriteConfig(list: Node, extra: readonly string[]): TextEdit[] {
    const [config] = children(list);
    if (!config) return extra.length > 0 ? [this.replace(list, `({ ${extra.join(', ')} })`)] : [];
    if (config.type !== 'object') throw this.refusal(say('its config is an object that is made elsewhere'));
    const { arguments: named = {}, ceiling } = this.now?.spellings.tfjs ?? {};
    const own = new Set([...Object.keys(named), ceiling]);
    const parts = children(config);
    const kept = parts.filter((part) => !own.has(keyName(part.childForFieldName('key')) ?? part.text));
    if (kept.length === parts.length && extra.length === 0) return [];
    const written = [...kept.map((part) => part.text), ...extra];
    return [written.length > 0 ? this.replace(config, `{ ${written.join(', ')} }`) : this.replace(list, '()')];
  }

  /** The activation whose spelling stands here; a ReLU with a ceiling is spelled as a ReLU. */
  private get now(): Activation | undefined {
    const tail = /\w+$/.exec(this.site.text)?.[0];
    return tfjsTable().names.get(`tf.layers.${tail}`)?.activation;
  }

  /** `tf.relu(x)`, `tf.relu`. */
  private op(name: Node): TextEdit[] {
    const call = name.parent;
    const isCalled = call?.type === 'call_expression' && call.childForFieldName('function')?.id === name.id;
    const list = isCalled ? argumentList(call) : [];
    const [tensor] = list;
    if (this.activation.transparent && call && tensor) return [this.replace(call, tensor.text)];
    const { op, extra } = this.target();
    const edits = [{ range: this.property(name), text: op }];
    if (!isCalled && extra.length > 0) throw this.refusal(say('it is handed on by itself, without parameters'));
    if (!call || !tensor) return edits;
    const written = [tensor.text, ...extra].join(', ');
    const isSame = list.length === 1 && extra.length === 0;
    return isSame ? edits : [...edits, this.replace(call.childForFieldName('arguments') ?? call, `(${written})`)];
  }

  /** `x.relu()`. */
  private method(property: Node): TextEdit[] {
    const call = property.parent?.parent;
    const list = call?.childForFieldName('arguments');
    const object = property.parent?.childForFieldName('object');
    if (this.activation.transparent && call && object) return [this.replace(call, object.text)];
    const { op, extra } = this.target();
    const edits = [{ range: this.site.range, text: op }];
    const written = `(${extra.join(', ')})`;
    return !list || list.text === written ? edits : [...edits, this.replace(list, written)];
  }

  private target(): { readonly op: string; readonly extra: readonly string[] } {
    const { tfjs } = this.activation.spellings;
    const [op] = tfjs?.ops ?? [];
    const spelling = op ? tfjsTable().names.get(`tf.${op}`) : undefined;
    if (!op || !spelling) {
      const [word] = tfjs?.identifiers ?? [];
      throw this.refusal(
        word === undefined
          ? say('TensorFlow.js has no function of it')
          : say(
              "TensorFlow.js has no function of it; tf.layers.activation({ activation: '{0}' }).apply(x) computes it",
              word,
            ),
      );
    }
    const [layer] = tfjs?.layers ?? [];
    if (this.activation.learned && layer)
      throw this.refusal(say('as a function it needs its slopes; use tf.layers.{0}', layer));
    const more = this.additionalParameters(spelling);
    if (more.some(([name]) => name !== tfjs?.second))
      throw this.refusal(say('tf.{0} does not take these parameters', op));
    return { op, extra: more.map(([, value]) => literal(value)) };
  }

  /** TF.js's name of a parameter in a layer's config. */
  private argument(parameter: string): string {
    const all = Object.entries(this.activation.spellings.tfjs?.arguments ?? {});
    const found = all.find(([, catalogued]) => catalogued === parameter)?.[0];
    if (!found || found === 'alphaInitializer')
      throw this.refusal(say('its layer does not take {0} as a number', parameter));
    return found;
  }

  private property(name: Node) {
    return rangeOf(name.childForFieldName('property') ?? name, this.text.file);
  }

  private replace(node: Node, text: string): TextEdit {
    return { range: rangeOf(node, this.text.file), text };
  }

  private refusal(reason: string): ReplaceError {
    const { text, range } = this.site;
    const [shown] = text.split('\n', 1);
    return new ReplaceError(
      say("{0} at line {1} can't become {2}: {3}", shown, range.line + 1, this.activation.title, sentence(reason)),
    );
  }
}

function literal(value: Scalar): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
