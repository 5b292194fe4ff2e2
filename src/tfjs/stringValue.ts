/** What a string literal says; escapes that neither a path nor a name has are left as they are. */
export function stringValue(literal: string): string {
  return literal.slice(1, -1).replace(/\\(['"`\\/])/g, '$1');
}
