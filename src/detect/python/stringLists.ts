/** Strings in lists: names of activations among each other, and rows of a table of layers. */
import { parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import { isClear, namesParts } from './choosing';
import { lastWordRead, plainText } from './reads';
import { activationNamed, isUnmistakable } from './stringNames';

/** Nothing but activations, of which one can be nothing else: `["relu", "gelu", "tanh"]`. */
export function isListOfActivations(list: Node): boolean {
  return listsOfActivations.of(list, () => {
    const words = children(list).map((each) => (each.type === 'string' ? plainText(each) : undefined));
    const field = fieldOf(list);
    if (
      new Set(words.filter((word) => word && activationNamed(word))).size < 2 ||
      (field !== undefined && namesParts(field))
    )
      return false;
    return (
      words.every((word) => word && (activationNamed(word) || /^none$/i.test(word))) &&
      words.some((word) => word && isClear(word))
    );
  });
}

const listsOfActivations = new PerNode<boolean>();

/** A row of a table of layers, numbers but for the word: `[3, 16, 64, True, "HSwish", 2]`. */
export function isRowOfNumbers(list: Node, content: string): boolean {
  return isUnmistakable(content) && rowsOfNumbers.of(list, () => isRow(children(list)));
}

function isRow(items: readonly Node[]): boolean {
  const numbers = items.filter(({ type }) => /^(integer|float|true|false|none|tuple)$/.test(type));
  return numbers.length >= ENOUGH_NUMBERS && numbers.length === items.length - 1;
}

/** How many numbers make a row of sizes. */
const ENOUGH_NUMBERS = 3;
const rowsOfNumbers = new PerNode<boolean>();

/** The last word of what a list is given to. */
function fieldOf(list: Node): string | undefined {
  const parent = parentOf(list);
  return lastWordRead(parent?.childForFieldName('name') ?? parent?.childForFieldName('left'));
}
