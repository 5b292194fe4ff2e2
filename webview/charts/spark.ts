import { shape } from '../ui/dom';

const width = 30;
const height = 18;
/** How far up and down is drawn: where activations bend. */
const [lowest, highest] = [-1, 2.5];

/**
 * A candidate's colour and its function as a small curve, for the head of a row.
 * @param values of the function at equal distances; a line in the colour where there are none
 */
export function spark(values: readonly number[], colour: string): SVGElement {
  const path = shape('path', { d: values.length > 1 ? curve(values) : `M2 ${height / 2}H${width - 2}` });
  path.style.stroke = colour;
  return shape(
    'svg',
    { class: 'spark', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    path,
  );
}

function curve(values: readonly number[]): string {
  const points = values.map((value, i) => {
    const kept = Math.min(highest, Math.max(lowest, value));
    const x = (width * i) / (values.length - 1);
    return `${x.toFixed(1)} ${(1 + (height - 2) * (1 - (kept - lowest) / (highest - lowest))).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
