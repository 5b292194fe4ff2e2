import { textField } from '../ui/controls';
import { element } from '../ui/dom';
import { popover } from '../ui/popover';
import type { BarSetting } from './settings';
import { budgetOf, type CompareState, longestBudget } from './state';
import { drawOnChange, type View } from './view';

/** How long a comparison measures. */
export function timeSetting(view: View): BarSetting {
  const words = view.texts.compare;
  let shown = 0;
  const field = textField({
    label: words.seconds,
    value: '',
    description: words.secondsHint,
    size: 8,
    key: 'seconds',
    onCommit: (text) => {
      const seconds = Number(text.replace(',', '.'));
      // What is no time leaves the one before.
      if (!(seconds >= 1 && 1000 * seconds <= longestBudget)) field.value = String(shown / 1000);
      else view.change({ budget: 1000 * seconds });
    },
  });
  const made = popover(words.time, 'time', field.node, element('p', { className: 'faint' }, words.secondsHint));
  const show = drawOnChange((budget: number | undefined) => {
    if (budget === undefined) return;
    shown = budget;
    field.value = String(budget / 1000);
    made.say(view.numbers.duration(budget));
  });
  return { popover: made, update: (state: CompareState) => show(budgetOf(state)) };
}
