import { findActivation } from '../activations/catalogue';
import { facts } from '../activations/facts';
import { bullets, proseFor } from '../activations/prose';
import type { Activation } from '../activations/types';
import { parametersOf, unknownParameters } from '../detect/parameters';
import type { ActivationSite } from '../detect/site';
import type { ActivationParameters, Scalar } from '../graph/types';
import { fileName } from '../language/legible';
import { code, joinMarkdown, link, type Markdown, md, ownMarkdown } from '../language/markdown';
import type { SiteRole } from '../resolve/role';
import type { Runs } from '../resolve/runs';
import { CURVE, curveImage } from './curve';
import { factLine, NO_BREAK } from './factLine';
import { formulaImage } from './formula';
import { imageBesideText, markdownImage, spacer } from './image';
import { palettes, type ThemeKind } from './palette';
import { roleLine } from './roleLine';
import { type Language, words } from './words';

export interface HoverOptions {
  readonly theme: ThemeKind;
  readonly language: Language;
  /** Shown in a narrow place (beside a list of completions), where the plot can't stand beside the text. */
  readonly narrow?: boolean | undefined;
  /** What the site means in its model, where that is known. */
  readonly role?: SiteRole | undefined;
  /** What was measured of it last, in a sentence. */
  readonly measured?: string | undefined;
  /** URIs that the host made; an empty one leaves its link out. */
  readonly links: { readonly explain: string; readonly compare: string; readonly documentation: string };
}

/** A hover is a glance: the rest is in the explainer. */
const TRADEOFFS = 3;
/** Places that are named, where what is called runs one of several. */
const PLACES = 20;

/** What depends on few things, and is kept for the next hover. */
interface Body {
  /** Stands at the right edge, the words beside it: a hover is wide and some 250 pixels high. */
  readonly plot: Markdown | undefined;
  /** Formula, summary and facts. */
  readonly text: Markdown;
}
const bodies = new Map<string, Body>();

/** The hover of a name under which activations run: which, from where, and the first of them explained. */
export function explainRuns(runs: Runs, options: HoverOptions): Markdown {
  const text = words[options.language];
  const { sites, complete, name } = runs;
  const places = sites.slice(0, PLACES).map((site) => {
    const line = site.range.line + 1;
    const file = site.range.file === runs.range.file ? '' : `${fileName(site.range.file)} `;
    return md`**${titleOf(site)}** (${link(`${file}${text.line(line)}`, `${site.range.file}#L${line}`)})`;
  });
  const more = sites.length - places.length;
  const all = joinMarkdown([...places, more > 0 && text.more(more)], ', ');
  const heading = complete ? text.runs(name, all) : text.mayRun(name, all);
  const [first] = sites;
  return joinMarkdown([heading, first && explainSite(first, options)], '\n\n');
}

/** The hover of a site inside a written-out formula: what it is part of comes first. */
export function explainInside(outer: ActivationSite, site: ActivationSite, options: HoverOptions): Markdown {
  return joinMarkdown([words[options.language].inside(titleOf(outer)), explainSite(site, options)], '\n\n');
}

const titleOf = ({ activation }: ActivationSite) => findActivation(activation)?.title ?? activation;

/** The hover of one site: title with this call's arguments, formula, plot, trade-offs, links. */
export function explainSite(site: ActivationSite, options: HoverOptions): Markdown {
  const activation = findActivation(site.activation);
  if (!activation) return ownMarkdown('');
  const { links, language, role, measured, narrow } = options;
  const text = words[language];
  const actions = [
    links.explain && link(text.explain, links.explain),
    links.compare && link(text.compare, links.compare),
    links.documentation && link(text.documentation, links.documentation),
  ];
  const { plot, text: body } = bodyOf(activation, parametersOf(site), unknownParameters(site), options);
  const heading = title(activation, site);
  // What is of this site comes before what is of the function in general: a hover shows some 250 pixels at once.
  const parts = [
    joinMarkdown([plot, md`**${heading}**`, plot && !narrow && titlePadding(heading)], ''),
    body,
    role && roleLine(role, activation.title, language),
    measured !== undefined && md`${measured}`,
    ...notes(activation, site, language),
    joinMarkdown(actions, ' · '),
    tradeoffs(activation, site, language),
  ];
  return joinMarkdown(parts, '\n\n');
}

/** How large the plot is in a narrow place, beside its usual size. */
const NARROW = 0.9;
/** Pixels of the text beside the plot: a formula of the widest kind. */
const COLUMN = 350;
/** Pixels of a bold letter at the hover's usual size, roughly. */
const LETTER = 8;

/** What the title lacks to the width of the text beside the plot: a language of short lines would push it below. */
function titlePadding(title: string): Markdown {
  return spacer(Math.max(1, COLUMN - LETTER * title.length));
}

/** `LeakyReLU (negative_slope = 0.2)`: only what was written, a word such as `'gelu_new'` included. */
function title(activation: Activation, site: ActivationSite): string {
  const values = Object.entries(site.parameters).flatMap(([name, argument]) =>
    'value' in argument ? [[name, argument.value] as const] : [],
  );
  const meant = site.form === 'string' ? ownDefaults(activation, site) : [];
  const written = [...values, ...meant].map(
    ([name, value]) => `${frameworkName(name, activation, site)} = ${pythonValue(value)}`,
  );
  return written.length > 0 ? `${activation.title} (${written.join(', ')})` : activation.title;
}

/** A parameter as the framework calls it: TF.js's `alpha` is `negative_slope` in the catalogue. */
function frameworkName(name: string, { spellings }: Activation, { framework }: ActivationSite): string {
  const own = framework === 'tfjs' ? Object.entries(spellings.tfjs?.arguments ?? {}) : [];
  return own.find(([, catalogued]) => catalogued === name)?.[0] ?? name;
}

/** What TF.js sets where nothing is written, where that changes the function's values. */
function ownDefaults({ parameters }: Activation, { defaults = {}, parameters: written }: ActivationSite) {
  return Object.entries(defaults).filter(([name, value]) => {
    const spec = parameters.find((each) => each.name === name);
    return spec?.numeric && spec.default !== value && !written[name];
  });
}

function pythonValue(value: Scalar): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function bodyOf(
  activation: Activation,
  parameters: ActivationParameters,
  unknown: readonly string[],
  options: HoverOptions,
): Body {
  const key = JSON.stringify([activation.id, parameters, unknown, options.theme, options.language, options.narrow]);
  let found = bodies.get(key);
  if (found === undefined) {
    found = render(activation, parameters, unknown, options);
    if (bodies.size > 200) bodies.clear();
    bodies.set(key, found);
  }
  return found;
}

function render(
  activation: Activation,
  parameters: ActivationParameters,
  unknown: readonly string[],
  { theme, language, narrow }: HoverOptions,
): Body {
  const text = words[language];
  const palette = palettes[theme];
  const formula = formulaImage(activation, parameters, palette, unknown);
  const curve = curveImage(activation, parameters, palette, text);
  const prose = proseFor(activation, language, parameters);
  const computed = facts(activation, parameters);
  const [width, height] = [CURVE.width, CURVE.height].map((size) => Math.round(size * (narrow ? NARROW : 1)));
  const plot = curve ? imageBesideText(text.plotOf(activation.title), curve, width ?? 0, height ?? 0) : undefined;
  const line = computed && factLine(computed, language);
  const parts = [
    formula && markdownImage(text.formulaOf(activation.title), formula.svg, formula.width, formula.height),
    ownMarkdown(prose.summary),
    line && ownMarkdown(narrow ? line.replaceAll(NO_BREAK, ' ') : line),
    activation.row && (activation.shape === 'gated' ? text.gateNote : text.rowNote),
    activation.random && text.randomNote,
  ];
  return { plot, text: joinMarkdown(parts, '\n\n') };
}

/** What is of PyTorch alone, and says nothing to who writes TF.js. */
const ofPytorch = /PyTorch|CrossEntropyLoss|NLLLoss|BCEWithLogitsLoss|torch\.|`F\.|`nn\.|`dim`/;

/** The first trade-offs, in the words of the site's framework. */
function tradeoffs(activation: Activation, site: ActivationSite, language: Language): Markdown {
  const all = bullets(proseFor(activation, language, parametersOf(site)).tradeoffs);
  const told = site.framework === 'tfjs' ? all.filter((each) => !ofPytorch.test(each)) : all;
  const items = told
    .slice(0, TRADEOFFS)
    .map((each) => each.replace(/`(\w+)`/g, (_, name: string) => code(frameworkName(name, activation, site)).markdown));
  return ownMarkdown(items.map((each) => `- ${each}`).join('\n'));
}

/** What a file writes itself has the numbers that stand there. */
const learns = ({ learned, spellings }: Activation, { form }: ActivationSite) =>
  learned !== undefined && (spellings.modules !== undefined || form === 'string' || form === 'member');

function notes(activation: Activation, site: ActivationSite, language: Language): Markdown[] {
  const text = words[language];
  const result = Object.entries(site.parameters).flatMap(([name, argument]) =>
    'value' in argument ? [] : [text.unknown(name, argument.expression, argument.reason)],
  );
  if (site.framework === 'tfjs') {
    if (site.form !== 'string')
      for (const [name, value] of ownDefaults(activation, site))
        result.push(text.ownDefault(frameworkName(name, activation, site), pythonValue(value)));
    const differs = activation.spellings.tfjs?.differs;
    if (differs) result.push(ownMarkdown(differs[language]));
    if (site.form === 'formula') result.push(text.writtenOut);
    if (learns(activation, site)) result.push(text.learned);
    return result;
  }
  const isWord = site.form === 'string' || site.form === 'member' || site.form === 'mention';
  const differs = isWord && activation.spellings.differs?.[site.text.replace(/['"]/g, '')];
  if (differs) result.push(ownMarkdown(differs[language]));
  const constructed = site.form === 'module' || site.form === 'function' || site.form === 'method';
  const choosesDim = activation.parameters.some(({ name, default: usual }) => name === 'dim' && usual === 'None');
  if (choosesDim && constructed && site.parameters.dim === undefined) {
    result.push(text.implicitDim);
  }
  if (site.form === 'implicit') result.push(text.partOf(site.text));
  if (site.form === 'formula') result.push(text.writtenOut);
  if (site.form === 'mention') result.push(text.mentioned);
  const inplace = site.parameters.inplace;
  if (inplace && 'value' in inplace && inplace.value === true) result.push(text.inplace);
  if (learns(activation, site)) result.push(text.learned);
  return result;
}
