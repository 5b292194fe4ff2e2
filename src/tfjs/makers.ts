/** Where a file makes models, and which of its functions give them. */
import { type CodePart, childOf, fieldOf, nodesIn, partsOf } from './nodes';
import { unwrap } from './places';
import { isFunctionPart } from './scopes';
import type { TfNames } from './tfNames';

export type MakerKind = 'model' | 'loaded';

const models = /^tf\.(?:sequential|model|Sequential|LayersModel|Model|models\.modelFromJSON|models\.model)$/;
const loaded = /^tf\.(?:load(?:Layers|Graph|Frozen)?Model|node\.loadSavedModel|automl\.load\w+)$/;
const modelClasses = /^tf\.(?:Sequential|LayersModel|Model)$/;
const layerClasses = /^tf\.(?:layers\.(?:Layer|RNN|RNNCell|Wrapper)|Layer|RNN|RNNCell)$/;
const handingOn = /(?:^|\.)(?:tidy|resolve|profile)$/;

/** What a call makes by itself. */
export function makerKind(call: CodePart, names: TfNames): MakerKind | undefined {
  const name = names.of(fieldOf(call, 'function') ?? fieldOf(call, 'constructor'));
  if (name === undefined) return undefined;
  return models.test(name) ? 'model' : loaded.test(name) ? 'loaded' : undefined;
}

/** What a class is by what it extends. */
export function heritageOf(part: CodePart, names: TfNames): 'model' | 'layer' | undefined {
  const heritage = childOf(part, 'class_heritage');
  const clause = childOf(heritage, 'extends_clause') ?? heritage;
  const base = fieldOf(clause, 'value') ?? partsOf(clause)[0];
  const name = names.of(base);
  if (name === undefined) return undefined;
  return modelClasses.test(name) ? 'model' : layerClasses.test(name) ? 'layer' : undefined;
}

/** Follows values inside of functions. */
export class Makers {
  /** Functions and methods that give models, by their last names. */
  readonly builders = new Set<string>();
  /** Classes that are models. */
  readonly classes = new Set<string>();

  constructor(private readonly names: TfNames) {}

  /** What was found of functions, for as long as no builder was added. */
  private readonly known = new Map<CodePart, boolean>();
  private size = 0;

  /** Whether a function gives a model. */
  returns(own: CodePart): boolean {
    const size = this.builders.size + this.classes.size;
    if (size !== this.size) this.known.clear();
    this.size = size;
    let found = this.known.get(own);
    if (found === undefined) {
      // A function that gives what it gives itself gives nothing by that.
      this.known.set(own, false);
      found = this.findReturned(own);
      this.known.set(own, found);
    }
    return found;
  }

  private findReturned(own: CodePart): boolean {
    const body = fieldOf(own, 'body');
    if (!body) return false;
    const held = this.holdersIn(own);
    if (body.type !== 'statement_block') return this.gives(body, held);
    for (const each of nodesIn(body, (part) => !isFunctionPart(part))) {
      const value = each.type === 'return_statement' ? partsOf(each)[0] : undefined;
      if (value && this.gives(value, held)) return true;
    }
    return false;
  }

  /** Names (`model`, `this.model`) that hold a model somewhere in a part of the file. */
  holdersIn(part: CodePart): ReadonlySet<string> {
    const held = new Set<string>();
    for (let before = -1; before < held.size; ) {
      before = held.size;
      for (const each of nodesIn(part)) {
        const isAssignment = each.type === 'assignment_expression';
        if (!isAssignment && each.type !== 'variable_declarator') continue;
        const target = fieldOf(each, isAssignment ? 'left' : 'name');
        const value = fieldOf(each, isAssignment ? 'right' : 'value');
        const isName = target && /^(identifier|member_expression)$/.test(target.type);
        if (isName && value && this.gives(value, held)) held.add(this.names.textOf(target));
      }
    }
    return held;
  }

  /** Whether the value of an expression is a model, or holds one. */
  gives(part: CodePart, held: ReadonlySet<string>): boolean {
    const at = unwrap(part);
    switch (at.type) {
      case 'identifier':
      case 'member_expression':
        return held.has(this.names.textOf(at));
      case 'await_expression':
      case 'array':
        return partsOf(at).some((each) => this.gives(each, held));
      case 'object':
        return partsOf(at).some((each) => {
          const value = each.type === 'pair' ? fieldOf(each, 'value') : each;
          return value?.type === 'shorthand_property_identifier'
            ? held.has(this.names.textOf(value))
            : value !== undefined && this.gives(value, held);
        });
      case 'ternary_expression':
      case 'binary_expression':
        return partsOf(at).some((each) => this.gives(each, held));
      case 'assignment_expression': {
        const right = fieldOf(at, 'right');
        return right !== undefined && this.gives(right, held);
      }
      case 'new_expression':
      case 'call_expression':
        return this.callGives(at, held);
      default:
        return false;
    }
  }

  private callGives(call: CodePart, held: ReadonlySet<string>): boolean {
    if (makerKind(call, this.names)) return true;
    const callee = fieldOf(call, 'function') ?? fieldOf(call, 'constructor');
    if (!callee) return false;
    const name = callee.type === 'member_expression' ? fieldOf(callee, 'property') : callee;
    const text = name && /identifier$/.test(name.type) ? this.names.textOf(name) : '';
    if (call.type === 'new_expression') return this.classes.has(text);
    if (this.builders.has(text)) return true;
    if (!handingOn.test(this.names.textOf(callee))) {
      const inner = unwrap(callee);
      return isFunctionPart(inner) && this.returns(inner);
    }
    return partsOf(fieldOf(call, 'arguments')).some((each) => {
      const inner = unwrap(each);
      return isFunctionPart(inner) ? this.returns(inner) : this.gives(inner, held);
    });
  }
}
