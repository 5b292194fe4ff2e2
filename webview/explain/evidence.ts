import { catalogue } from '../../src/activations/catalogue';
import { decimals } from '../../src/activations/evidence';
import type { Activation, Citation } from '../../src/activations/types';
import type { Language } from '../../src/language/say';
import { externalLink } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';

/** Published numbers with the cells of the same row beside them, and where they were published. */
export function evidence(
  texts: Texts,
  numbers: NumberFormat,
  language: Language,
): { readonly node: HTMLElement; show(activation: Activation): void } {
  const words = texts.explain;
  const node = element('section', { attributes: { 'aria-labelledby': 'evidence-heading' } });
  const titleOf = (id: string) => catalogue.get(id)?.title ?? id;
  const row = (citation: Citation): HTMLElement => {
    const places = decimals(citation);
    const cell = (value: number) => numbers.decimals(value, places);
    return element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, externalLink(citation.where[language], citation.url)),
      element(
        'td',
        { className: 'number' },
        cell(citation.value),
        element('div', { className: 'faint small' }, citation.unit[language]),
      ),
      element(
        'td',
        {},
        Object.entries(citation.against)
          .map(([id, value]) => `${titleOf(id)} ${cell(value)}`)
          .join(', '),
      ),
    );
  };
  return {
    node,
    show: ({ title, evidence: citations }) => {
      node.hidden = citations.length === 0;
      replaceChildren(
        node,
        element('h2', { id: 'evidence-heading' }, words.evidence),
        element(
          'div',
          { className: 'scroll', attributes: { tabindex: 0, role: 'group', 'aria-label': words.evidenceCaption } },
          element(
            'table',
            {},
            element('caption', {}, words.evidenceCaption),
            element(
              'thead',
              {},
              element(
                'tr',
                {},
                element('th', { attributes: { scope: 'col' } }, words.where),
                element('th', { className: 'number', attributes: { scope: 'col' } }, title),
                element('th', { attributes: { scope: 'col' } }, words.against),
              ),
            ),
            element('tbody', {}, ...citations.map(row)),
          ),
        ),
      );
    },
  };
}

/** The paper and the framework's page. */
export function sources(texts: Texts): { readonly node: HTMLElement; show(activation: Activation): void } {
  const list = element('ul', { className: 'sources' });
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'sources-heading' } },
    element('h2', { id: 'sources-heading' }, texts.explain.sources),
    list,
  );
  return {
    node,
    show: ({ paper, documentation }) =>
      replaceChildren(
        list,
        paper && element('li', {}, `${paper.authors} (${paper.year}), `, externalLink(paper.title, paper.url)),
        documentation && element('li', {}, externalLink(texts.explain.documentation, documentation)),
      ),
  };
}
