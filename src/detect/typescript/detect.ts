import type { SourceText } from '../../source/source';
import { nodeAt, nodesTooDeep, parentOf } from '../../syntax/ancestors';
import { startsAt } from '../../syntax/identifiers';
import type { Node, Tree } from '../../syntax/syntax';
import { rangeOf } from '../range';
import type { ActivationSite, SiteArgument } from '../site';
import { type Skipped, toSkipped } from '../skipped';
import { FormulaSpans, type TextSpan } from '../spans';
import { argumentList, ceiling, configArguments, opArguments } from './arguments';
import { bindingAt, stringText, type TypeScriptBinding } from './bindings';
import { fieldChooses, isClassName, isWeighed } from './fields';
import { follow, openSink } from './flow';
import { FormulaReader, formulaStarts, type WrittenFormula } from './formula';
import { isUse, nameStart, readsTensorFlow, TypeScriptNames } from './names';
import { ownActivation } from './own';
import { Receivers } from './receiver';
import { type TfjsSpelling, tfjsTable } from './tfjsTable';
import { constant } from './values';

/** The sites of a text, and what of it was not looked at. */
export interface Detected {
  readonly sites: readonly ActivationSite[];
  readonly skipped: readonly Skipped[];
}

/** Whether a text can name anything of TF.js's: what it costs to find out is not a parse. */
export function mentionsTensorFlow(text: string): boolean {
  return text.includes('tensorflow') || readsTensorFlow(text);
}

/**
 * The activations that TypeScript or JavaScript code names through TensorFlow.js, in order, by syntax alone. Half-typed
 * code gives what is there. The text is searched first, and only what may be a spelling is looked at in the tree.
 * Yields where it can be interrupted.
 */
export function* detectTypeScript(tree: Tree, text: SourceText): Generator<void, Detected> {
  if (!mentionsTensorFlow(text.text)) return { sites: [], skipped: [] };
  const sites = yield* new Detection(tree.rootNode, text).run();
  return { sites, skipped: Array.from(nodesTooDeep(tree), (each) => toSkipped(each, text.file)) };
}

const opening = /\s*\(/y;

class Detection {
  private readonly names: TypeScriptNames;
  private readonly formulas: FormulaReader;
  private readonly receivers: Receivers;
  /** Names of methods, and whether a class of the file has one of that name. */
  private readonly methods = new Map<string, boolean>();
  /** By their ranges, so that each is found once. */
  private readonly sites = new Map<string, ActivationSite>();
  private readonly spans = new FormulaSpans();
  private readonly own = new Map<number, { readonly binding: TypeScriptBinding; readonly formula: WrittenFormula }>();
  private readonly followed = new Set<number>();

  constructor(
    private readonly root: Node,
    private readonly text: SourceText,
  ) {
    this.names = new TypeScriptNames(root, text.text);
    this.formulas = new FormulaReader(this.names);
    this.receivers = new Receivers(this.names);
  }

  *run(): Generator<void, ActivationSite[]> {
    yield* this.findFormulas();
    for (const match of tfjsTable().words.in(this.text.text)) {
      yield;
      if (this.spans.isCovered(match.index)) continue;
      const node = nodeAt(this.root, match.index, match.index + match[0].length);
      if (node?.type === 'string_fragment') this.string(node);
      else if (node) this.name(node);
    }
    for (const { binding, formula } of this.own.values()) yield* this.addOwnUses(binding, formula);
    // Where two begin at one place, the outer first.
    return [...this.sites.values()].sort(
      ({ range: a }, { range: b }) =>
        a.line - b.line || a.column - b.column || b.endLine - a.endLine || b.endColumn - a.endColumn,
    );
  }

  private add(site: ActivationSite): void {
    const { line, column, endLine, endColumn } = site.range;
    const key = `${line}:${column}-${endLine}:${endColumn}`;
    if (!this.sites.has(key)) this.sites.set(key, site);
  }

  private *findFormulas(): Generator<void> {
    for (const match of formulaStarts.in(this.text.text)) {
      yield;
      if (this.spans.isCovered(match.index)) continue;
      const node = nodeAt(this.root, match.index, match.index + match[0].length);
      const parent = node && parentOf(node);
      const callee = parent?.type === 'member_expression' ? parent : node;
      const call = callee && parentOf(callee);
      if (call?.type !== 'call_expression' || !this.isTensorFlow(call)) continue;
      const formula = this.formulas.formulaAround(call);
      if (formula) this.formula(formula);
    }
  }

  private formula(formula: WrittenFormula): void {
    const { root, parts, inputs, activation, parameters } = formula;
    this.spans.add(parts.map(spanOf), inputs.map(spanOf));
    const range = rangeOf(root, this.text.file);
    this.add({
      activation,
      form: 'formula',
      framework: 'tfjs',
      range,
      expression: range,
      parameters: values(parameters),
      text: root.text,
    });
    const binding = ownActivation(formula, this.names);
    if (binding) this.own.set(binding.index, { binding, formula });
  }

  /** A function of TF.js's, or a method of what may be its tensor. */
  private isTensorFlow(call: Node): boolean {
    const callee = call.childForFieldName('function');
    if (!callee) return false;
    if (this.names.qualifiedName(callee) !== undefined) return true;
    const object = callee.type === 'member_expression' ? callee.childForFieldName('object') : null;
    return object !== null && this.isReceiver(object, callee.childForFieldName('property')?.text ?? '');
  }

  private isReceiver(object: Node, method: string): boolean {
    if (!this.names.isTensorFlow) return false;
    const likelihood = this.receivers.isTensor(object);
    // Environments, schedulers and animations have a `step(1)` too.
    const isUsual = tfjsTable().names.get(`tf.${method}`)?.isUsual === true;
    return likelihood === 'yes' || (likelihood === 'maybe' && !isUsual && !this.definesMethod(method));
  }

  /** Whether a class of the file has a method of this name: then an unknown receiver may be its object. */
  private definesMethod(name: string): boolean {
    const known = this.methods.get(name) ?? this.findMethod(name);
    this.methods.set(name, known);
    return known;
  }

  private findMethod(name: string): boolean {
    const { text } = this.text;
    for (const index of this.names.words.places(name)) {
      if (text[index - 1] === '.' || !startsAt(opening, text, index + name.length)) continue;
      const node = nodeAt(this.root, index, index + name.length);
      if (node && parentOf(node)?.type === 'method_definition') return true;
    }
    return false;
  }

  /** `'relu'`: an activation where it reaches a layer's or a fused op's `activation`. */
  private string(fragment: Node): void {
    const literal = parentOf(fragment);
    // A string that is not closed yet, or has more in it.
    if (!literal || stringText(literal) !== fragment.text) return;
    const parent = parentOf(literal);
    if (parent?.type === 'subscript_expression' && parent.childForFieldName('index')?.id === literal.id) {
      const spelling = tfjsTable().names.get(this.names.qualifiedName(parent) ?? '');
      if (spelling) this.add(this.siteOf(parent, spelling));
      return;
    }
    const layer = tfjsTable().classes.get(fragment.text);
    if (layer) {
      // `class_name: "ReLU"` of a model's topology.
      if (isClassName(literal)) this.add(this.siteOfString(fragment, literal, layer));
      return;
    }
    const { sinks, uses, isHandedOn } = follow(literal, this.names);
    const open = sinks.length === 0 ? openSink(literal, this.text.text, this.names) : undefined;
    if (sinks.length === 0 && !open) {
      const spelling = tfjsTable().identifiers.get(fragment.text);
      if (spelling && this.mayBeTold && (isWeighed(literal) || (isHandedOn && fieldChooses(literal))))
        this.add(this.siteOfString(fragment, literal, spelling));
    }
    for (const sink of open ? [open] : sinks) {
      const spelling = (sink.kind === 'fused' ? tfjsTable().fused : tfjsTable().identifiers).get(fragment.text);
      if (!spelling) continue;
      const parameters = sink.kind === 'fused' ? configArguments(sink.config, spelling, this.names) : {};
      const base = { ...this.meaning(spelling, parameters), form: 'string' as const };
      const range = rangeOf(fragment, this.text.file);
      this.add({ ...base, range, expression: rangeOf(literal, this.text.file), text: fragment.text });
      for (const use of uses) {
        const at = rangeOf(use, this.text.file);
        this.add({ ...base, range: at, expression: at, text: use.text });
      }
    }
  }

  /** Whether what the file hands on under the name of an activation is TF.js's: no other library is told such. */
  private get mayBeTold(): boolean {
    return this.names.isTensorFlow && !otherLibraries.test(this.text.text);
  }

  private siteOfString(fragment: Node, literal: Node, spelling: TfjsSpelling): ActivationSite {
    const [range, expression] = [rangeOf(fragment, this.text.file), rangeOf(literal, this.text.file)];
    return { ...this.meaning(spelling, {}), form: 'string', range, expression, text: fragment.text };
  }

  private name(node: Node): void {
    const parent = parentOf(node);
    const isProperty = node.type === 'property_identifier' && parent?.type === 'member_expression';
    if (isProperty || (/^(identifier|shorthand_property_identifier)$/.test(node.type) && isUse(node))) {
      const whole = isProperty && parent ? parent : node;
      const spelling = tfjsTable().names.get(this.names.qualifiedName(whole) ?? '');
      if (spelling && isUse(whole)) {
        this.add(this.siteOf(whole, spelling));
        this.alias(whole);
      } else if (isProperty && !spelling) this.method(whole);
      return;
    }
    this.followImport(node);
  }

  /** `import { relu as r }`, `const { relu: r } = tf`: what the other name names. */
  private followImport(node: Node): void {
    const parent = parentOf(node);
    if (!parent) return;
    const other =
      parent.type === 'import_specifier'
        ? parent.childForFieldName('alias')
        : parent.type === 'pair_pattern'
          ? parent.childForFieldName('value')
          : null;
    const name = other?.type === 'assignment_pattern' ? other.childForFieldName('left') : other;
    if (name?.type === 'identifier' && name.id !== node.id) this.references(bindingAt(name));
  }

  /** `const act = tf.relu`: `act(x)` is a site too. */
  private alias(whole: Node): void {
    const declarator = parentOf(whole);
    const name = declarator?.type === 'variable_declarator' ? declarator.childForFieldName('name') : undefined;
    if (name?.type === 'identifier') this.references(bindingAt(name));
  }

  private references(binding: TypeScriptBinding | undefined): void {
    if (!binding || this.followed.has(binding.index)) return;
    this.followed.add(binding.index);
    for (const use of this.names.references(binding)) {
      const spelling = tfjsTable().names.get(this.names.qualifiedName(use) ?? '');
      if (spelling) this.add(this.siteOf(use, spelling));
    }
  }

  private siteOf(name: Node, spelling: TfjsSpelling): ActivationSite {
    const start = nameStart(name);
    const range = rangeOf(start, this.text.file, name);
    const text = this.text.text.slice(start.startIndex, name.endIndex);
    const call = callOf(name);
    const isLayer = spelling.kind === 'layer';
    if (!call) {
      // A call whose parenthesis is not closed yet.
      const open = name.nextSibling?.type === '(';
      const form = isLayer ? (open ? 'module' : 'class') : 'function';
      return { ...this.meaning(spelling, {}), form, range, expression: range, text };
    }
    const list = argumentList(call);
    const expression = rangeOf(start, this.text.file, call);
    if (!isLayer) {
      const parameters = opArguments(list.slice(1), spelling, this.names);
      return { ...this.meaning(spelling, parameters), form: 'function', range, expression, text };
    }
    const parameters = configArguments(list[0], spelling, this.names);
    const limit = ceiling(list[0], spelling, this.names);
    const meaning = limit ? this.meaningWithCeiling(spelling, limit) : this.meaning(spelling, parameters);
    return { ...meaning, form: 'module', range, expression, text };
  }

  /** `x.relu()`, where the receiver is TF.js's. */
  private method(access: Node): void {
    const property = access.childForFieldName('property');
    const object = access.childForFieldName('object');
    const spelling = tfjsTable().names.get(`tf.${property?.text}`);
    const call = callOf(access);
    if (!property || !object || !call || spelling?.kind !== 'op') return;
    const list = argumentList(call);
    const { learned, spellings } = spelling.activation;
    const takes = learned || spellings.tfjs?.second !== undefined ? 1 : 0;
    // `lib.softmax(x)` is a function of somebody's: a tensor's own method takes numbers.
    const isNumber = (each: Node) =>
      typeof constant(each, this.names) === 'number' || /(alpha|slope|dim|axis)$/i.test(each.text.slice(-8));
    if (list.length > takes || (!learned && !list.every(isNumber))) return;
    if (!this.isReceiver(object, property.text)) return;
    this.add({
      ...this.meaning(spelling, opArguments(list, spelling, this.names)),
      form: 'method',
      range: rangeOf(property, this.text.file),
      expression: rangeOf(call, this.text.file),
      text: property.text,
    });
  }

  /** Uses of a function or layer that the file writes itself. */
  private *addOwnUses(binding: TypeScriptBinding, formula: WrittenFormula): Generator<void> {
    const { activation, parameters } = formula;
    const isClass = binding.kind === 'class' || binding.holder.childForFieldName('value')?.type === 'class';
    for (const use of this.names.references(binding)) {
      yield;
      const parent = parentOf(use);
      const made = parent?.type === 'new_expression' && parent.childForFieldName('constructor')?.id === use.id;
      const call = made ? parent : callOf(use);
      // `Swish.className`, `extends Swish`, `instanceof Swish` and registering it choose nothing.
      const isMember = parent?.type === 'member_expression' && parent.childForFieldName('object')?.id === use.id;
      const isMeant = /^(extends_clause|class_heritage|binary_expression)$/.test(parent?.type ?? '');
      if (isMember || (isClass && !made && (isMeant || isRegistration(use)))) continue;
      const range = rangeOf(use, this.text.file);
      this.add({
        activation,
        form: isClass ? (made ? 'module' : 'class') : 'function',
        framework: 'tfjs',
        range,
        expression: call ? rangeOf(call, this.text.file) : range,
        parameters: values(parameters),
        text: use.text,
      });
      // A layer whose `call` hands its input to the function is that activation too.
      const input = call && argumentList(call)[0];
      const outer = input && ownActivation({ root: call, input }, this.names);
      if (outer && !this.own.has(outer.index)) this.own.set(outer.index, { binding: outer, formula });
    }
  }

  private meaning({ activation, defaults }: TfjsSpelling, parameters: Readonly<Record<string, SiteArgument>>) {
    return { activation: activation.id, framework: 'tfjs' as const, parameters, ...(defaults && { defaults }) };
  }

  /** A ReLU with a ceiling is ReLU6 where that is 6, and else a Hardtanh from 0. */
  private meaningWithCeiling(spelling: TfjsSpelling, limit: SiteArgument) {
    const framework = 'tfjs' as const;
    if (!('value' in limit)) return this.meaning(spelling, { maxValue: limit });
    if (limit.value === 6) return { activation: 'relu6', framework, parameters: {} };
    return { activation: 'hardtanh', framework, parameters: { min_val: { value: 0 }, max_val: limit } };
  }
}

/** Libraries of neural networks that take activations by the same words. */
const otherLibraries =
  /['"/](brain\.js|ml5|js-pytorch|synaptic|neataptic|convnetjs|keras-js|@tensorflow-models\/\w+|deeplearn|onnxjs|mljs)['"/]/;

const spanOf = (node: Node): TextSpan => ({ start: node.startIndex, end: node.endIndex });

function values(parameters: WrittenFormula['parameters']): Record<string, SiteArgument> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }]));
}

/** The call of which an expression is the callee. */
function callOf(callee: Node): Node | undefined {
  const parent = parentOf(callee);
  const isCallee = parent?.type === 'call_expression' && parent.childForFieldName('function')?.id === callee.id;
  return isCallee ? parent : undefined;
}

/** `tf.serialization.registerClass(Swish)`. */
function isRegistration(use: Node): boolean {
  const list = parentOf(use);
  const call = list?.type === 'arguments' ? parentOf(list) : undefined;
  return /registerClass$/.test(call?.childForFieldName('function')?.text.slice(-20) ?? '');
}
