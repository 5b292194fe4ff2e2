/** What of JSX runs later. */
import { type CodePart, nodesIn, partsOf } from './nodes';
import { isFunctionPart } from './scopes';

/** Values of `onClick={…}` and its like, but for those inside of functions that give markup for items of a list. */
export function handlersIn(markup: CodePart, textOf: (part: CodePart) => string): CodePart[] {
  const found: CodePart[] = [];
  for (const each of nodesIn(markup, (part) => !isFunctionPart(part))) {
    if (each.type !== 'jsx_attribute') continue;
    const [name, value] = partsOf(each);
    if (!name || value?.type !== 'jsx_expression' || !/^on[A-Z]/.test(textOf(name))) continue;
    const [handler] = partsOf(value);
    if (handler && handler.type !== 'comment') found.push(handler);
  }
  return found;
}
