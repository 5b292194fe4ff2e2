import type { Activation, ParameterSpec } from '../../src/activations/types';
import type { ActivationParameters, Scalar } from '../../src/graph/types';
import { action, checkbox, dropdown } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { range } from '../ui/range';
import type { Texts } from '../ui/texts';

/** Controls for the parameters that change the function's values. */
export function parameterControls(
  texts: Texts,
  onChange: (name: string, value: Scalar) => void,
  onReset: () => void,
): { readonly node: HTMLElement; show(activation: Activation, parameters: ActivationParameters): void } {
  const node = element('div', { className: 'parameters' });
  const control = (spec: ParameterSpec, value: Scalar): HTMLElement | undefined => {
    const { name } = spec;
    if (spec.choices)
      return dropdown({
        label: name,
        value: String(value),
        choices: spec.choices.map((choice) => ({ value: choice, label: choice })),
        key: name,
        onChange: (next) => onChange(name, next),
      }).node;
    if (typeof value === 'boolean')
      return checkbox({ label: name, checked: value, onChange: (next) => onChange(name, next) }).node;
    if (typeof value !== 'number') return undefined;
    // Without a usual range the field stands for itself, around the default.
    const { min, max, step } = spec.range ?? { min: value - 1, max: value + 1, step: 0.01 };
    return range({ label: name, value, min, max, step, key: name, onInput: (next) => onChange(name, next) }).node;
  };
  return {
    node,
    show: (activation, parameters) => {
      const specs = activation.parameters.filter((spec) => spec.numeric);
      const controls = specs.map((spec) => control(spec, parameters[spec.name] ?? spec.default));
      replaceChildren(
        node,
        ...(specs.length === 0
          ? [element('p', { className: 'faint' }, texts.explain.noParameters)]
          : [...controls.filter((each) => each !== undefined), action(texts.explain.reset, onReset, { key: 'reset' })]),
      );
    },
  };
}
