import type { Node } from '../../syntax/syntax';
import type { Case, Pattern } from './ast';
import type { Converter } from './convert';

/** The cases of a `match` statement. */
export function convertCases(converter: Converter, body: Node | null): Case[] {
  const clauses = (body ? namedChildren(body) : []).filter((child) => child.type === 'case_clause');
  return clauses.map((clause) => {
    const guard = clause.childForFieldName('guard');
    const patterns = namedChildren(clause).filter((child) => child.type === 'case_pattern');
    const [only] = patterns;
    return {
      pattern:
        patterns.length === 1 && only
          ? convertPattern(converter, only)
          : { kind: 'sequence', items: patterns.map((pattern) => convertPattern(converter, pattern)) },
      guard: guard ? converter.expression(namedChildren(guard)[0] ?? null) : undefined,
      body: converter.block(clause.childForFieldName('consequence')),
    };
  });
}

function namedChildren(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');
}

function convertPattern(converter: Converter, node: Node): Pattern {
  const inner = namedChildren(node);
  const [first] = inner;
  switch (node.type) {
    case 'case_pattern':
      if (node.text.trim() === '_') return { kind: 'capture', name: undefined };
      // The grammar has no node for the sign.
      if (node.text.startsWith('-')) return { kind: 'value', value: converter.negativeNumber(node) };
      return first ? convertPattern(converter, first) : { kind: 'capture', name: undefined };
    case 'dotted_name': {
      if (inner.length === 1) return { kind: 'capture', name: node.text === '_' ? undefined : node.text };
      return { kind: 'value', value: converter.dottedName(node) };
    }
    case 'identifier':
      return { kind: 'capture', name: node.text === '_' ? undefined : node.text };
    case 'tuple_pattern':
      // Parentheses around one pattern only group.
      if (
        inner.length === 1 &&
        first &&
        first.type !== 'splat_pattern' &&
        !node.children.some((child) => child?.type === ',')
      ) {
        return convertPattern(converter, first);
      }
      return { kind: 'sequence', items: inner.map((child) => convertPattern(converter, child)) };
    case 'list_pattern':
      return { kind: 'sequence', items: inner.map((child) => convertPattern(converter, child)) };
    case 'splat_pattern':
      return { kind: 'star', name: first?.type === 'identifier' && first.text !== '_' ? first.text : undefined };
    case 'union_pattern':
      return { kind: 'or', options: inner.map((child) => convertPattern(converter, child)) };
    case 'as_pattern': {
      const alias = inner.at(-1);
      const pattern: Pattern = first ? convertPattern(converter, first) : { kind: 'capture', name: undefined };
      return { kind: 'as', pattern, name: alias?.text ?? '' };
    }
    case 'dict_pattern':
      return dictPattern(converter, node);
    case 'class_pattern': {
      const [cls, ...rest] = inner;
      const positional: Pattern[] = [];
      const keywords: { name: string; pattern: Pattern }[] = [];
      for (const child of rest) {
        const keyword =
          child.type === 'keyword_pattern' ? child : namedChildren(child).find((c) => c.type === 'keyword_pattern');
        if (keyword) {
          const [name, value] = namedChildren(keyword);
          if (name && value) keywords.push({ name: name.text, pattern: convertPattern(converter, value) });
        } else positional.push(convertPattern(converter, child));
      }
      return { kind: 'class', cls: cls ? converter.dottedName(cls) : converter.expression(null), positional, keywords };
    }
    default:
      return {
        kind: 'value',
        value: node.text.startsWith('-') ? converter.negativeNumber(node) : converter.expression(node),
      };
  }
}

function dictPattern(converter: Converter, node: Node): Pattern {
  const keys = node.childrenForFieldName('key').filter((child): child is Node => child !== null);
  const values = node.childrenForFieldName('value').filter((child): child is Node => child !== null);
  const splat = namedChildren(node).find((child) => child.type === 'splat_pattern');
  return {
    kind: 'mapping',
    entries: keys.flatMap((key, index) => {
      const value = values[index];
      if (!value) return [];
      return [{ key: converter.expression(key), pattern: convertPattern(converter, value) }];
    }),
    rest: splat ? namedChildren(splat)[0]?.text : undefined,
  };
}
