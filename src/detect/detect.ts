import type { SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import { detectPython } from './python';
import type { ActivationSite } from './site';

/** The activations that a Python text names; parses it and frees the tree. */
export async function detect(syntax: Syntax, text: SourceText): Promise<ActivationSite[]> {
  const tree = await syntax.parse('python', text.text);
  try {
    return detectPython(tree, text);
  } finally {
    tree.delete();
  }
}
