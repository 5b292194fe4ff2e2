/** What the text of strings and the names of what is read say. */
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { firstChild, stripParentheses } from '../range';

/** How far what a value is read from is followed. */
const MAX_STEPS = 32;

const plain = new RegExp(`^(['"])([${python.part}\\-]*)\\1$`, 'u');

const dotted = new RegExp(`^(['"])((?:[${python.part}]+\\.)+[${python.part}]+(?:\\(\\))?)\\1$`, 'u');

/** The text of a string that is a dotted name, with or without an empty call: `nn.ReLU()`. */
export function dottedText(string: Node): string | undefined {
  return dotted.exec(string.text)?.[2];
}

/** The text of a string without prefix, escapes and holes. */
export function plainText(string: Node): string | undefined {
  return plain.exec(string.text)?.[2];
}

/** The last word of what a value is read from: `cfg.hidden_act`, `config["activation"]`, `activation.lower()`. */
export function lastWordRead(node: Node | null | undefined, depth = 0): string | undefined {
  const inner = node && depth < MAX_STEPS ? stripParentheses(node) : undefined;
  switch (inner?.type) {
    case 'identifier':
      return inner.text;
    case 'attribute':
      return inner.childForFieldName('attribute')?.text;
    case 'subscript': {
      const key = inner.childForFieldName('subscript');
      return (
        (key?.type === 'string' ? plainText(key) : undefined) ??
        lastWordRead(inner.childForFieldName('value'), depth + 1)
      );
    }
    case 'call': {
      const callee = inner.childForFieldName('function');
      const object = callee?.type === 'attribute' ? callee.childForFieldName('object') : undefined;
      const method = callee?.childForFieldName('attribute')?.text ?? '';
      // `settings.get("activation", None) == "relu"`
      const key = object && /^(get|pop)$/.test(method) ? firstChild(inner.childForFieldName('arguments')) : undefined;
      if (key?.type === 'string') return plainText(key);
      return object && /^(lower|upper|strip|casefold)$/.test(method) ? lastWordRead(object, depth + 1) : undefined;
    }
    case 'typed_parameter':
      return lastWordRead(firstChild(inner), depth + 1);
    default:
      return undefined;
  }
}
