import { catalogue } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import type { SourceText } from '../source/source';
import type { Node, Tree } from '../syntax/syntax';
import { readArguments } from './arguments';
import { Names, nameStart } from './names';
import { children, rangeOf } from './range';
import type { ActivationSite, SiteForm } from './site';

interface Spelling {
  readonly activation: Activation;
  readonly kind: 'module' | 'function';
}

let table: { names: Map<string, Spelling>; methods: Map<string, Activation>; pattern: RegExp } | undefined;

/** PyTorch's spellings by their full names, and one pattern that finds where any of them may stand. */
function spellings() {
  if (table) return table;
  const names = new Map<string, Spelling>();
  const methods = new Map<string, Activation>();
  for (const activation of catalogue.values()) {
    const { modules = [], functional = [], torch = [], methods: own = [] } = activation.spellings;
    for (const name of modules) names.set(`torch.nn.${name}`, { activation, kind: 'module' });
    for (const name of functional) names.set(`torch.nn.functional.${name}`, { activation, kind: 'function' });
    for (const name of torch) names.set(`torch.${name}`, { activation, kind: 'function' });
    for (const name of own) methods.set(name, activation);
  }
  const words = new Set([...names.keys(), ...methods.keys()].map((name) => name.slice(name.lastIndexOf('.') + 1)));
  table = { names, methods, pattern: new RegExp(`(?<!\\w)(?:${[...words].join('|')})(?!\\w)`, 'g') };
  return table;
}

/**
 * The activations that Python code names, in order, by syntax alone. Half-typed code gives what is there.
 * The text is searched first, and only what may be a spelling is looked at in the tree.
 */
export function detectPython(tree: Tree, text: SourceText): ActivationSite[] {
  if (!text.text.includes('torch')) return [];
  const { pattern } = spellings();
  const root = tree.rootNode;
  const names = new Names(root, text.text);
  const sites: ActivationSite[] = [];
  const aliases = aliasPattern(text.text);
  const seen = new Set<number>();
  for (const each of aliases ? [pattern, aliases] : [pattern])
    for (const match of text.text.matchAll(each)) {
      if (seen.has(match.index)) continue;
      seen.add(match.index);
      const node = root.descendantForIndex(match.index, match.index + match[0].length);
      const site = node?.type === 'identifier' ? siteAt(node, names, text.file) : undefined;
      if (site) sites.push(site);
    }
  return sites.sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}

/** Other names that imports give to spellings: `from torch.nn import ReLU as R`. */
function aliasPattern(text: string): RegExp | undefined {
  const words = [...text.matchAll(spellings().pattern)].flatMap(({ 0: word, index }) => {
    const alias = /^[ \t]+as[ \t]+([A-Za-z_]\w*)/.exec(text.slice(index + word.length, index + word.length + 80))?.[1];
    return alias ? [alias] : [];
  });
  return words.length ? new RegExp(`(?<!\\w)(?:${[...new Set(words)].join('|')})(?!\\w)`, 'g') : undefined;
}

function siteAt(identifier: Node, names: Names, file: string): ActivationSite | undefined {
  const parent = identifier.parent;
  const isAttribute = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === identifier.id;
  // Argument and parameter names, imports, and what is defined or assigned are no uses.
  if (!isAttribute && parent && isNaming(identifier, parent)) return undefined;
  const name = isAttribute ? parent : identifier;
  const spelling = resolve(name, names);
  if (!spelling) return isAttribute ? methodSite(parent, names, file) : undefined;
  if (isExcluded(name)) return undefined;
  return named(name, spelling, names, file);
}

function resolve(name: Node, names: Names): Spelling | undefined {
  const { names: known } = spellings();
  const options = [names.qualified(name), ...(name.type === 'identifier' ? names.starred(name.text) : [])];
  return (
    options.map((option) => option && known.get(option)).find((each) => each !== undefined && each !== '') || undefined
  );
}

function isNaming(node: Node, parent: Node): boolean {
  const is = (field: string) => parent.childForFieldName(field)?.id === node.id;
  if (['dotted_name', 'aliased_import', 'parameters', 'lambda_parameters', 'global_statement'].includes(parent.type))
    return true;
  if (parent.type === 'assignment') return is('left');
  return (
    ['keyword_argument', 'function_definition', 'class_definition', 'default_parameter'].includes(parent.type) &&
    is('name')
  );
}

/** Types in annotations and checks of classes name a class without choosing it. */
function isExcluded(name: Node): boolean {
  for (let at: Node | null = name.parent, child = name; at; child = at, at = at.parent) {
    if (at.type === 'type' || at.type === 'import_from_statement' || at.type === 'import_statement') return true;
    if (at.type === 'call') {
      const callee = at.childForFieldName('function');
      if (callee?.id !== child.id && /^(isinstance|issubclass)$/.test(callee?.text ?? '')) return true;
    }
    if (/_statement$|^block$/.test(at.type)) return false;
  }
  return false;
}

function named(name: Node, { activation, kind }: Spelling, names: Names, file: string): ActivationSite {
  const parent = name.parent;
  const called = parent?.type === 'call' && parent.childForFieldName('function')?.id === name.id;
  const start = nameStart(name);
  const range = rangeOf(start, file, name);
  const written = name.text.slice(start.startIndex - name.startIndex);
  const base = { activation: activation.id, framework: 'pytorch' as const, range, text: written };
  if (called) {
    const list = parent.childForFieldName('arguments');
    const parameters = readArguments(list, activation, kind, kind === 'function' ? 1 : 0, names);
    return { ...base, form: kind, expression: rangeOf(start, file, parent), parameters };
  }
  const call = parent?.type === 'argument_list' ? parent.parent : undefined;
  const callee = call?.childForFieldName('function');
  if (call && callee && children(parent)[0]?.id === name.id && names.qualified(callee) === 'functools.partial') {
    // `partial(F.elu, 0.2)` would bind the tensor itself: positions count from there.
    const skip = kind === 'function' ? 2 : 1;
    const parameters = readArguments(parent ?? null, activation, kind, skip, names);
    return { ...base, form: 'partial', expression: rangeOf(call, file), parameters };
  }
  // A call whose parenthesis is not closed yet.
  const open = name.nextSibling?.type === '(';
  const form: SiteForm = kind === 'function' ? 'function' : open ? 'module' : 'class';
  return { ...base, form, expression: range, parameters: {} };
}

/** `x.relu()`: only where the receiver is no module and the arguments are those of a tensor's method. */
function methodSite(attribute: Node, names: Names, file: string): ActivationSite | undefined {
  const activation = spellings().methods.get(attribute.childForFieldName('attribute')?.text ?? '');
  const call = attribute.parent;
  const receiver = attribute.childForFieldName('object');
  if (!activation || call?.type !== 'call' || call.childForFieldName('function')?.id !== attribute.id || !receiver)
    return undefined;
  let base = receiver;
  while (base.type === 'attribute' || base.type === 'call' || base.type === 'subscript') {
    const inner: Node | null =
      base.childForFieldName('object') ?? base.childForFieldName('function') ?? base.childForFieldName('value');
    if (!inner) break;
    base = inner;
  }
  const imported = base.type === 'identifier' ? names.qualified(base) : undefined;
  if (
    (imported && !(receiver.type === 'call' && imported.startsWith('torch'))) ||
    /^(self|cls|super\(\))$/.test(receiver.text)
  )
    return undefined;
  const list = call.childForFieldName('arguments');
  const parameters = readArguments(list, activation, 'function', 0, names);
  // Only numbers and keywords: a method that takes a tensor is somebody's own.
  if (children(list).some((argument) => !/^(keyword_argument|integer|float|unary_operator)$/.test(argument.type)))
    return undefined;
  return {
    activation: activation.id,
    form: 'method',
    framework: 'pytorch',
    range: rangeOf(attribute.childForFieldName('attribute') ?? attribute, file),
    expression: rangeOf(call, file),
    parameters,
    text: attribute.childForFieldName('attribute')?.text ?? '',
  };
}
