import { findActivation } from '../activations/catalogue';
import { decimals } from '../activations/evidence';
import { facts, type Interval, type Region } from '../activations/facts';
import { formulaOf } from '../activations/formula';
import { namesByLibrary } from '../activations/names';
import { bullets, longSections, type ProseSection, proseFor, sectionTitles } from '../activations/prose';
import type { Activation } from '../activations/types';
import type { ActivationParameters } from '../graph/types';
import { intervalText, regionText, shortNumber } from './factLine';
import { type Language, words } from './words';

/** The terminal's explanation as data. */
export function explainJson(activation: Activation, parameters: ActivationParameters, language: Language = 'en') {
  const { id, title, spellings, siblings, documentation, paper, evidence } = activation;
  const prose = proseFor(activation, language, parameters);
  const computed = facts(activation, parameters);
  // JSON has no infinity.
  const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
  const interval = ({ from, to }: Interval) => ({ from: finiteOrNull(from), to: finiteOrNull(to) });
  const region = ({ intervals, share }: Region) => ({ intervals: intervals.map(interval), share });
  return {
    id,
    title,
    parameters,
    formula: formulaOf(activation, parameters),
    spellings,
    facts: computed && {
      ...computed,
      largestSlope: finiteOrNull(computed.largestSlope),
      range: { low: finiteOrNull(computed.range.low), high: finiteOrNull(computed.range.high) },
      dead: region(computed.dead),
      saturated: region(computed.saturated),
    },
    ...prose,
    tradeoffs: bullets(prose.tradeoffs),
    siblings,
    documentation: documentation ?? null,
    paper: paper ?? null,
    evidence: evidence.map((row) => ({ ...row, where: row.where[language], unit: row.unit[language] })),
  };
}

/** The terminal's explanation for people. */
export function explainText(
  activation: Activation,
  parameters: ActivationParameters,
  language: Language = 'en',
): string {
  const text = words[language];
  const prose = proseFor(activation, language, parameters);
  const computed = facts(activation, parameters);
  const written = activation.parameters
    .filter(({ numeric }) => numeric)
    .map(({ name }) => `${name} = ${parameters[name]}`);
  const number = (value: number) => shortNumber(value, 4);
  const region = (name: string, found: Region): (readonly [string, string])[] =>
    found.intervals.length > 0 ? [[name, `${regionText(found)} (${number(100 * found.share)} %)`]] : [];
  const yes = (value: boolean) => (value ? text.yes : text.no);
  const section = (name: string, lines: readonly string[]) => [name, ...lines.map((line) => `  ${line}`), ''];
  const prosePart = (name: Exclude<ProseSection, 'line' | 'purpose'>) => {
    const content = prose[name];
    const items = bullets(content).map((each) => `• ${stripMarkdown(each)}`);
    return section(sectionTitles[language][name], items.length > 0 ? items : [stripMarkdown(content)]);
  };
  const rows: readonly (readonly [string, string])[] = computed
    ? [
        [text.range, intervalText(computed.range)],
        [text.zeroCentred, yes(computed.zeroCentred)],
        [text.monotonic, yes(computed.monotonic)],
        [text.smooth, yes(computed.smooth)],
        [text.largestSlope, number(computed.largestSlope)],
        ...region(text.dead, computed.dead),
        ...region(text.saturated, computed.saturated),
        [text.mean, number(computed.mean)],
        [text.deviation, number(computed.deviation)],
        [text.zeros, `${number(100 * computed.zeros)} %`],
        [text.meanSquaredSlope, number(computed.meanSquaredSlope)],
        [text.gain, number(computed.gain)],
        [text.preservingGain, number(computed.preservingGain)],
      ]
    : [];
  const evidence = activation.evidence.map((citation) => {
    const { where, value, unit, against } = citation;
    const places = decimals(citation);
    const others = Object.entries(against).map(
      ([id, cell]) => `${findActivation(id)?.title ?? id} ${cell.toFixed(places)}`,
    );
    return `${where[language]}: ${value.toFixed(places)} ${unit[language]} (${others.join(', ')})`;
  });
  const { documentation, paper } = activation;
  const published = new Set(activation.evidence.map(({ url }) => url));
  if (paper) published.delete(paper.url);
  const sources = [...(documentation ? [documentation] : []), ...(paper ? [cite(paper)] : []), ...published];
  return [
    written.length > 0 ? `${activation.title} (${written.join(', ')})` : activation.title,
    stripMarkdown(prose.purpose),
    stripMarkdown(prose.summary),
    '',
    ...section(text.formula, [formulaOf(activation, parameters).value]),
    ...section(text.derivative, [formulaOf(activation, parameters).derivative]),
    ...(rows.length > 0
      ? section(
          text.facts,
          rows.map(([name, value]) => `${name}: ${value}`),
        )
      : []),
    ...(['tradeoffs', ...longSections] as const).flatMap((name) => prosePart(name)),
    ...(evidence.length > 0 ? section(text.evidence, evidence) : []),
    ...section(
      text.names,
      namesByLibrary(activation).map(({ library, names }) => `${library}: ${names.join(', ')}`),
    ),
    ...section(text.sources, sources),
  ].join('\n');
}

function cite({ authors, year, title, url }: NonNullable<Activation['paper']>): string {
  return `${authors} (${year}), ${title}: ${url}`;
}

/** Markdown's bold and code marks are noise in a terminal. */
function stripMarkdown(markdown: string): string {
  return markdown.replace(/\*\*|`/g, '');
}
