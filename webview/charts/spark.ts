const namespace = 'http://www.w3.org/2000/svg';
const width = 30;
const height = 18;
/** How far up and down is drawn: where activations bend. */
const [lowest, highest] = [-1, 2.5];

/**
 * A candidate's colour and its function as a small curve, for the head of a row.
 * @param values of the function at equal distances; a line in the colour where there are none
 */
export function spark(values: readonly number[], colour: string): SVGElement {
  const svg = document.createElementNS(namespace, 'svg');
  for (const [name, value] of Object.entries({ class: 'spark', width, height, viewBox: `0 0 ${width} ${height}` }))
    svg.setAttribute(name, String(value));
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', values.length > 1 ? curve(values) : `M2 ${height / 2}H${width - 2}`);
  path.style.stroke = colour;
  svg.append(path);
  return svg;
}

function curve(values: readonly number[]): string {
  const points = values.map((value, i) => {
    const kept = Math.min(highest, Math.max(lowest, value));
    const x = (width * i) / (values.length - 1);
    return `${x.toFixed(1)} ${(1 + (height - 2) * (1 - (kept - lowest) / (highest - lowest))).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
