import * as Plot from '@observablehq/plot';

export * from '@observablehq/plot';

/**
 * Plot adds a `<style>` element to each chart, which a strict content security policy refuses. The charts get the class
 * `chart` instead, whose rules stand in `charts.css`, and the element is dropped before the chart joins the page.
 * Colours are CSS variables of the editor's theme, so a change of theme recolours charts without drawing them again.
 */
export function draw(options: Plot.PlotOptions & { readonly label: string }): SVGSVGElement & Plot.Plot {
  const { label, ...rest } = options;
  const made = Plot.plot({ ...rest, figure: false, className: 'chart', ariaLabel: label });
  if (!(made instanceof SVGSVGElement)) throw new TypeError('a chart without legend is one SVG element');
  for (const style of made.querySelectorAll('style')) style.remove();
  // The parts of an image have no names of their own; Plot's name its kinds of marks, ours the candidate that they are of.
  for (const part of made.querySelectorAll('[aria-label]')) {
    const [, candidate] = /^of (.+)$/.exec(part.getAttribute('aria-label') ?? '') ?? [];
    if (candidate !== undefined) part.setAttribute('data-candidate', candidate);
    part.removeAttribute('aria-label');
  }
  made.setAttribute('role', 'img');
  return made;
}

/** The option of a mark that says which candidate it is of, so that pointing at one finds all that is of it. */
export const ofCandidate = (id: string) => ({ ariaLabel: () => `of ${id}` });

export const colours = {
  text: 'var(--vscode-foreground)',
  faint: 'var(--vscode-descriptionForeground, var(--vscode-foreground))',
  grid: 'var(--vscode-charts-lines, currentColor)',
  baseline: 'var(--vscode-charts-foreground, var(--vscode-foreground))',
  main: 'var(--vscode-charts-blue)',
  // Orange is half transparent in the editor's own themes.
  slope: 'var(--vscode-charts-yellow)',
  faster: 'var(--vscode-charts-green)',
  slower: 'var(--vscode-charts-red)',
  background: 'var(--vscode-editor-background)',
  others: [
    'var(--vscode-charts-green)',
    'var(--vscode-charts-purple)',
    'var(--vscode-charts-red)',
    'var(--vscode-charts-yellow)',
  ],
} as const;
