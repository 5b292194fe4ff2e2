import { catalogue } from '../../src/activations/catalogue';
import { decimals } from '../../src/activations/evidence';
import { type PublishedTask, taskNames, tasks } from '../../src/activations/tasks';
import type { Activation, Citation } from '../../src/activations/types';
import type { Report } from '../../src/compare/report';
import type { Language } from '../../src/language/say';
import { externalLink } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';
import { type Dot, dotRow } from './dotRow';
import { whenOf } from './fileSection';

/** A cell as it is told: `GELU 75.48 ± 0.05`. */
interface ToldCell extends Dot {
  readonly title: string;
}

/** Others that are named with how often they are behind. */
const mostDuels = 3;
/** Rows with another activation from which on it is worth a sentence. */
const leastRows = 3;
/** Share of rows that say otherwise from which on the tables disagree. */
const contradicted = 0.15;

/** Published numbers, a dot for each cell of a row, sorted by task; the reader's own measurement before them. */
export function evidence(
  texts: Texts,
  numbers: NumberFormat,
  language: Language,
): {
  readonly node: HTMLElement;
  show(activation: Activation, measured: Report | undefined): void;
  reveal(task: PublishedTask): void;
} {
  const words = texts.explain;
  const body = element('div');
  const node = element(
    'section',
    { className: 'evidence', attributes: { 'aria-labelledby': 'evidence-heading' } },
    element('h2', { id: 'evidence-heading' }, words.evidence),
    element('p', { className: 'faint' }, words.evidenceCaption),
    body,
  );
  const headingId = (task: PublishedTask) => `evidence-${task}`;

  const row = (
    where: Node | undefined,
    unit: string,
    better: Citation['better'],
    cells: readonly ToldCell[],
    places: number | undefined,
  ) => {
    const told = (value: number) => (places === undefined ? numbers.number(value) : numbers.decimals(value, places));
    const best = [...cells].sort((a, b) => (better === 'higher' ? b.value - a.value : a.value - b.value));
    const texts = best.flatMap(({ title, value, spread, own }, index) => {
      const number = spread === undefined ? told(value) : words.spread(told(value), told(spread));
      const text = words.cell(title, number);
      return [index > 0 ? ' · ' : '', own ? element('strong', {}, text) : text];
    });
    return element(
      'li',
      {},
      element(
        'div',
        { className: 'evidence-where' },
        where,
        element('span', { className: 'faint small' }, better === 'lower' ? `${unit}; ${words.lessIsBetter}` : unit),
      ),
      dotRow(cells, better),
      element('div', { className: 'small evidence-cells' }, ...texts),
    );
  };

  const published = (activation: Activation, citation: Citation) => {
    const { where, unit, url, better, value, against, spread = {}, others = [] } = citation;
    const cell = (title: string, of: number, scatter: number | undefined, own?: true): ToldCell => ({
      title,
      value: of,
      ...(scatter !== undefined && { spread: scatter }),
      ...(own && { own }),
    });
    const cells = [
      cell(activation.title, value, spread[activation.id], true),
      ...Object.entries(against).map(([id, of]) => cell(catalogue.get(id)?.title ?? id, of, spread[id])),
      ...others.map((other) => cell(other.name[language], other.value, other.spread)),
    ];
    return row(externalLink(where[language], url), unit[language], better, cells, decimals(citation));
  };

  return {
    node,
    reveal: (task) => {
      const heading = document.getElementById(headingId(task));
      heading?.scrollIntoView({ block: 'start' });
      heading?.focus({ preventScroll: true });
    },
    show: (activation, measured) => {
      const own = measured ? ownRows(activation.id, measured) : [];
      node.hidden = activation.evidence.length === 0 && own.length === 0;
      replaceChildren(
        body,
        ...duels(activation, words),
        measured && own.length > 0 && element('h3', {}, words.yourModel(measured.model.name, whenOf(measured))),
        own.length > 0 &&
          element(
            'ul',
            { className: 'evidence-rows' },
            ...own.map(({ unit, cells }) => row(undefined, unit, 'lower', cells, undefined)),
          ),
        ...tasks.flatMap((task) => {
          const rows = activation.evidence.filter((each) => each.task === task);
          if (rows.length === 0) return [];
          return [
            element('h3', { id: headingId(task), attributes: { tabindex: -1 } }, taskNames[language][task]),
            element('ul', { className: 'evidence-rows' }, ...rows.map((each) => published(activation, each))),
          ];
        }),
      );
    },
  };

  /** What the reader's machine measured of all candidates: what they learn, and their time. */
  function ownRows(
    id: string,
    { candidates, plan }: Report,
  ): { readonly unit: string; readonly cells: readonly ToldCell[] }[] {
    const [baseline] = candidates;
    const stands = plan.sites.some(({ activation }) => activation === id);
    const cellOf = (candidate: Report['candidates'][number], value: number, low: number, high: number): ToldCell => ({
      title: candidate === baseline ? words.asWritten : candidate.title,
      value,
      ...(high > low && { spread: (high - low) / 2 }),
      ...((candidate.id === id || (stands && candidate === baseline)) && { own: true as const }),
    });
    const losses = candidates.flatMap((candidate) => {
      const found = candidate.scores?.heldLoss;
      return found ? [cellOf(candidate, found.median, found.low, found.high)] : [];
    });
    const times = candidates.flatMap((candidate) => {
      const ratio = candidate.latency?.ratio;
      if (candidate === baseline) return [cellOf(candidate, 1, 1, 1)];
      return ratio ? [cellOf(candidate, ratio.estimate, ratio.low, ratio.high)] : [];
    });
    const isTold = (cells: readonly ToldCell[]) => cells.length > 1 && cells.some(({ own }) => own);
    return [
      { unit: words.heldOutLoss, cells: losses },
      { unit: words.forwardRatio, cells: times },
    ].filter(({ cells }) => isTold(cells));
  }
}

/** How often the activation is ahead of those that it is compared with most, and whether the tables disagree about it. */
function duels({ evidence }: Activation, words: Texts['explain']): HTMLElement[] {
  const met = new Map<string, { ahead: number; behind: number; alike: number }>();
  for (const { value, against, better } of evidence)
    for (const [id, other] of Object.entries(against)) {
      const found = met.get(id) ?? { ahead: 0, behind: 0, alike: 0 };
      met.set(id, found);
      const lead = better === 'higher' ? value - other : other - value;
      found[lead > 0 ? 'ahead' : lead < 0 ? 'behind' : 'alike'] += 1;
    }
  const rows = ({ ahead, behind, alike }: { ahead: number; behind: number; alike: number }) => ahead + behind + alike;
  return [...met]
    .filter(([, found]) => rows(found) >= leastRows)
    .sort(([, a], [, b]) => rows(b) - rows(a))
    .slice(0, mostDuels)
    .map(([id, found]) => {
      const { ahead, behind, alike } = found;
      const isContradicted = Math.min(ahead, behind) / rows(found) >= contradicted;
      const sentence = words.duel(catalogue.get(id)?.title ?? id, ahead, behind, alike);
      return element(
        'p',
        { className: 'duel' },
        sentence,
        isContradicted && ' ',
        isContradicted && element('strong', {}, words.disagree),
      );
    });
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
