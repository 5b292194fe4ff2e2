/** What names of a file stand for in TensorFlow.js, by syntax alone. */
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { unwrap } from './places';
import { isTensorFlow } from './specifiers';
import { stringValue } from './stringValue';

/** `tf.layers.dense` for an expression, whatever the file calls it. */
export class TfNames {
  /** Names of the file and what they are: `tf`, `tf.layers`. */
  private readonly meanings = new Map<string, string>([['tf', 'tf']]);

  constructor(
    root: CodePart,
    private readonly text: string,
  ) {
    for (const statement of partsOf(root)) this.read(statement);
  }

  textOf(part: CodePart): string {
    return this.text.slice(part.start, part.end);
  }

  /** The qualified name of an expression; undefined where it is nothing of TF.js's. */
  of(part: CodePart | undefined): string | undefined {
    const inner = part && unwrap(part);
    switch (inner?.type) {
      case 'identifier':
        return this.meanings.get(this.textOf(inner));
      case 'member_expression':
      case 'nested_identifier': {
        const property = fieldOf(inner, 'property');
        const object = fieldOf(inner, 'object');
        if (!property || !object) return undefined;
        const name = this.textOf(property);
        const base = this.of(object);
        if (base !== undefined) return base === 'tf' && name === 'default' ? 'tf' : `${base}.${name}`;
        return name === 'tf' && /^(window|self|globalThis|global|this)$/.test(this.textOf(object)) ? 'tf' : undefined;
      }
      case 'call_expression':
      case 'await_expression':
        return this.isLoaded(inner) ? 'tf' : undefined;
      default:
        return undefined;
    }
  }

  private read(statement: CodePart): void {
    if (statement.type === 'import_statement') this.readImport(statement);
    const declaration = statement.type === 'export_statement' ? fieldOf(statement, 'declaration') : statement;
    if (!declaration || !/^(lexical|variable)_declaration$/.test(declaration.type)) return;
    for (const each of partsOf(declaration)) {
      const name = fieldOf(each, 'name');
      const base = this.of(fieldOf(each, 'value'));
      if (!name || base === undefined) continue;
      if (name.type === 'identifier') this.meanings.set(this.textOf(name), base);
      else if (name.type === 'object_pattern') this.readPattern(name, base);
    }
  }

  private readPattern(pattern: CodePart, base: string): void {
    for (const each of partsOf(pattern)) {
      const key = each.type === 'pair_pattern' ? fieldOf(each, 'key') : each;
      const name = each.type === 'pair_pattern' ? fieldOf(each, 'value') : each;
      if (key && name && /identifier/.test(name.type))
        this.meanings.set(this.textOf(name), `${base}.${this.textOf(key)}`);
    }
  }

  private readImport(statement: CodePart): void {
    const source = fieldOf(statement, 'source') ?? fieldOf(childOf(statement, 'import_require_clause'), 'source');
    if (!source) return;
    const isLibrary = isTensorFlow(stringValue(this.textOf(source)));
    const clause = childOf(statement, 'import_clause') ?? childOf(statement, 'import_require_clause');
    for (const each of partsOf(clause)) {
      const [name] = each.type === 'namespace_import' ? partsOf(each) : each.type === 'identifier' ? [each] : [];
      if (name && isLibrary) this.meanings.set(this.textOf(name), 'tf');
      if (each.type !== 'named_imports') continue;
      for (const specifier of partsOf(each)) {
        const imported = fieldOf(specifier, 'name');
        const local = fieldOf(specifier, 'alias') ?? imported;
        if (!imported || !local) continue;
        const what = this.textOf(imported);
        if (isLibrary) this.meanings.set(this.textOf(local), what === 'default' ? 'tf' : `tf.${what}`);
      }
    }
  }

  /** `require('@tensorflow/tfjs')`, `await import('…')`. */
  private isLoaded(part: CodePart): boolean {
    const call = part.type === 'await_expression' ? unwrap(partsOf(part)[0] ?? part) : part;
    const callee = fieldOf(call, 'function');
    const [argument] = partsOf(fieldOf(call, 'arguments'));
    const isLoading = callee && (callee.type === 'import' || this.textOf(callee) === 'require');
    return isLoading === true && argument?.type === 'string' && isTensorFlow(stringValue(this.textOf(argument)));
  }
}
