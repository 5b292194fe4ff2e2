/** One colour a candidate, everywhere in the panel; orange is half transparent in the editor's own themes, and so last. */
const colours = ['blue', 'green', 'purple', 'yellow', 'red', 'orange'] as const;

/** @param index its place in the report; the first is the model as written */
export function colourOf(index: number): string {
  if (index === 0) return 'var(--vscode-charts-foreground, var(--vscode-foreground))';
  return `var(--vscode-charts-${colours[(index - 1) % colours.length]})`;
}

/** Candidates beyond the colours are drawn with dashes. */
export const dashOf = (index: number): string | undefined =>
  index === 0 ? '4 3' : index > colours.length ? '2 2' : undefined;
