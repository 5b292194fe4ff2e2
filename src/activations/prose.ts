import type { ActivationParameters } from '../graph/types';
import type { Language } from '../language/say';
import { adjust, isDefault, stripNotes } from './claims';
import type { Activation } from './types';

/** The sections of an activation's prose, by the headings of its file; what each holds: `docs/prose.md`. */
const HEADINGS = {
  line: 'In a line',
  purpose: 'For',
  summary: 'Summary',
  tradeoffs: 'Trade-offs',
  forward: 'In the forward pass',
  gradient: 'Gradient flow',
  centring: 'Zero-centring and convergence',
  sparsity: 'Sparsity and generalisation',
  deployment: 'Compression, quantisation and speed',
  belongs: 'Where it belongs',
  tryInstead: 'Try instead',
  mistakes: 'Common mistakes',
} as const;

export type ProseSection = keyof typeof HEADINGS;

/** What the sections are called where people read them; the two first stand without a title. */
export const sectionTitles: Readonly<
  Record<Language, Readonly<Record<Exclude<ProseSection, 'line' | 'purpose'>, string>>>
> = {
  en: {
    summary: 'What it does',
    tradeoffs: 'Trade-offs',
    forward: 'In the forward pass',
    gradient: 'Gradient flow',
    centring: 'Zero-centring and convergence',
    sparsity: 'Sparsity and generalisation',
    deployment: 'Compression, quantisation and speed',
    belongs: 'Where it belongs',
    tryInstead: 'Try instead',
    mistakes: 'Common mistakes',
  },
  'zh-cn': {
    summary: '作用',
    tradeoffs: '取舍',
    forward: '前向传播',
    gradient: '梯度流动',
    centring: '零中心与收敛',
    sparsity: '稀疏性与泛化',
    deployment: '压缩、量化与速度',
    belongs: '适用场合',
    tryInstead: '可以换用',
    mistakes: '常见错误',
  },
};

/** What the explainer tells at length, in its order. */
export const longSections = [
  'forward',
  'gradient',
  'centring',
  'sparsity',
  'deployment',
  'belongs',
  'tryInstead',
  'mistakes',
] as const;

/** An activation's prose, in one language. Inline Markdown (bold, code) and bullets are left in. */
export type Prose = Readonly<Record<ProseSection, string>>;

const split = new Map<string, Prose>();
const stripped = new Map<string, Prose>();

/**
 * Reads a prose file, for the parameters that it was written for, without the notes in braces.
 * @throws Error naming the heading that is missing, doubled or not known.
 */
export function parseProse(markdown: string): Prose {
  let known = stripped.get(markdown);
  if (!known) {
    known = mapSections(sectionsOf(markdown), stripNotes);
    stripped.set(markdown, known);
  }
  return known;
}

/** An activation's prose for the parameters at hand: its numbers are computed for them, and what doesn't hold is left out. */
export function proseFor(activation: Activation, language: Language, parameters: ActivationParameters): Prose {
  const markdown = activation.prose[language];
  if (isDefault(activation, parameters)) return parseProse(markdown);
  return mapSections(sectionsOf(markdown), (text) => adjust(text, activation, parameters));
}

const mapSections = (prose: Prose, change: (text: string) => string): Prose =>
  Object.fromEntries(Object.entries(prose).map(([name, text]) => [name, change(text)])) as unknown as Prose;

/** The sections with their notes. */
function sectionsOf(markdown: string): Prose {
  const known = split.get(markdown);
  if (known) return known;
  const sections = new Map<string, string>();
  for (const section of markdown.split(/^## /m).slice(1)) {
    const end = section.indexOf('\n');
    const heading = section.slice(0, end).trim();
    if (sections.has(heading)) throw new Error(`the prose has two sections "${heading}"`);
    sections.set(heading, section.slice(end).trim());
  }
  const prose: Partial<Record<ProseSection, string>> = {};
  for (const name of Object.keys(HEADINGS) as ProseSection[]) {
    const text = sections.get(HEADINGS[name]);
    if (!text) throw new Error(`the prose has no section "${HEADINGS[name]}"`);
    prose[name] = text;
    sections.delete(HEADINGS[name]);
  }
  const [stranger] = sections.keys();
  if (stranger !== undefined) throw new Error(`the prose has a section "${stranger}", which nothing shows`);
  const whole = prose as Prose;
  split.set(markdown, whole);
  return whole;
}

/** A section's bullets, without their dashes. */
export function bullets(section: string): string[] {
  return section.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}
