import { mistakesOf } from '../../src/activations/mistakes/index';
import type { Language } from '../../src/language/say';
import { action } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { markdown } from '../ui/markdown';
import type { Texts } from '../ui/texts';

/** What people get wrong with the activation: in words, and as code before and after, with the rule that finds it. */
export function mistakeSection(
  texts: Texts,
  language: Language,
  title: string,
  openRule: (code: string) => void,
): { readonly node: HTMLElement; show(activation: string, prose: string): void } {
  const words = texts.explain;
  const inWords = element('div', { className: 'prose' });
  const inCode = element('ul', { className: 'mistakes' });
  const code = (label: string, text: string) =>
    element(
      'div',
      {},
      element('div', { className: 'faint small' }, label),
      element('pre', { attributes: { tabindex: 0, 'aria-label': label } }, element('code', {}, text)),
    );
  return {
    node: element(
      'section',
      { attributes: { 'aria-labelledby': 'mistakes-heading' } },
      element('h2', { id: 'mistakes-heading' }, title),
      inWords,
      inCode,
    ),
    show: (activation, prose) => {
      replaceChildren(inWords, ...markdown(prose, 3));
      replaceChildren(
        inCode,
        ...mistakesOf(activation).map(({ rule, what, ...pair }) =>
          element(
            'li',
            {},
            element(
              'p',
              {},
              what[language],
              ' ',
              action(words.rule(rule), () => openRule(rule), { key: `rule-${rule}` }),
            ),
            element('div', { className: 'before-after' }, code(words.wrong, pair.wrong), code(words.right, pair.right)),
          ),
        ),
      );
    },
  };
}
