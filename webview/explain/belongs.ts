import { standingIn } from '../../src/activations/evidence';
import { bullets } from '../../src/activations/prose';
import { type PublishedTask, roleOfTask, taskNames, tasks } from '../../src/activations/tasks';
import type { Activation } from '../../src/activations/types';
import type { Language } from '../../src/language/say';
import { action } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { markdown } from '../ui/markdown';
import type { Texts } from '../ui/texts';

/** PublishedTask by task: what practice says, and where the activation stands in published tables. */
export function belongsSection(
  texts: Texts,
  language: Language,
  title: string,
  reveal: (task: PublishedTask) => void,
): { readonly node: HTMLElement; show(activation: Activation, prose: string): void } {
  const words = texts.explain;
  const rows = element('tbody');
  const elsewhere = element('div', { className: 'prose' });
  const head = (text: string) => element('th', { attributes: { scope: 'col' } }, text);
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'belongs-heading' } },
    element('h2', { id: 'belongs-heading' }, title),
    element(
      'div',
      { className: 'scroll', attributes: { tabindex: 0, role: 'group', 'aria-label': title } },
      element(
        'table',
        { className: 'belongs' },
        element('caption', {}, words.belongsCaption),
        element('thead', {}, element('tr', {}, head(words.task), head(words.practice), head(words.published))),
        rows,
      ),
    ),
    elsewhere,
  );

  const published = (task: PublishedTask, { evidence }: Activation): HTMLElement => {
    const name = taskNames[language][task];
    const standing = standingIn(task, evidence);
    if (standing)
      return action(words.standing(standing.rows, standing.first, standing.last), () => reveal(task), {
        key: `task-${task}`,
        title: name,
      });
    return element('span', { className: 'faint' }, words.noEvidence);
  };

  return {
    node,
    show: (activation, prose) => {
      const roles = new Map(
        bullets(prose).map((bullet) => [/^\*\*([^*]+)\*\*[:：]?\s*/.exec(bullet)?.[1] ?? '', bullet]),
      );
      const told = (task: PublishedTask) => {
        const role = roleOfTask[task]?.[language];
        const bullet = role === undefined ? undefined : roles.get(role);
        if (role !== undefined) roles.delete(role);
        return bullet?.replace(/^\*\*[^*]+\*\*[:：]?\s*/, '');
      };
      replaceChildren(
        rows,
        ...tasks.map((task) =>
          element(
            'tr',
            {},
            element('th', { attributes: { scope: 'row' } }, taskNames[language][task]),
            element('td', {}, ...markdown(told(task) ?? '–', 3)),
            element('td', {}, published(task, activation)),
          ),
        ),
      );
      const rest = [...roles.values()].map((bullet) => `- ${bullet}`).join('\n');
      replaceChildren(elsewhere, rest !== '' && element('h3', {}, words.elsewhere), ...markdown(rest, 3));
    },
  };
}
