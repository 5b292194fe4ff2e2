import { element, uniqueId } from './dom';

export interface RangeControl {
  readonly node: HTMLElement;
  value: number;
}

interface RangeOptions {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly key: string;
  readonly onInput: (value: number) => void;
}

/**
 * A slider with a number field beside it. The field takes values beyond the slider's ends: the slider covers what is
 * usual, the function is defined further. (The toolkit has no slider, so these are the browser's own.)
 */
export function range(options: RangeOptions): RangeControl {
  const id = uniqueId('range');
  const shared = { min: options.min, max: options.max, step: options.step };
  const slider = element('input', {
    id,
    attributes: { type: 'range', ...shared, 'data-key': `${options.key}-slider` },
  });
  const field = element('input', {
    attributes: { type: 'number', step: 'any', 'aria-label': options.label, 'data-key': `${options.key}-field` },
  });
  slider.value = String(options.value);
  field.value = String(options.value);
  slider.addEventListener('input', () => {
    field.value = slider.value;
    options.onInput(slider.valueAsNumber);
  });
  field.addEventListener('input', () => {
    // An empty or half-typed number is not a value yet.
    if (!Number.isFinite(field.valueAsNumber)) return;
    slider.value = String(field.valueAsNumber);
    options.onInput(field.valueAsNumber);
  });
  const node = element(
    'div',
    { className: 'range' },
    element('label', { attributes: { for: id } }, options.label),
    slider,
    field,
  );
  return {
    node,
    get value() {
      return field.valueAsNumber;
    },
    set value(value: number) {
      slider.value = String(value);
      field.value = String(Number(value.toPrecision(4)));
    },
  };
}
