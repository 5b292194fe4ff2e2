import { catalogue, suggestedCandidates } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import { chooses } from '../detect/python/choosing';
import { stringNames } from '../detect/python/stringNames';
import type { ActivationSite, SiteArgument, SiteForm } from '../detect/site';
import { pytorchSpellings } from '../detect/spellings';
import { tfjsTable } from '../detect/typescript/tfjsTable';
import { python, pythonName, typescript } from '../syntax/identifiers';
import { prefixesOf } from './prefixes';

/** An activation that may be typed at a place, best fitting first. */
export interface Offer {
  readonly activation: Activation;
  /** What is typed: `GELU`, `leaky_relu`, `gelu_new`. */
  readonly text: string;
  readonly form: SiteForm;
  readonly framework: ActivationSite['framework'];
  /** What this very spelling sets: `gelu_new` is the tanh form. */
  readonly parameters: ActivationSite['parameters'];
}

export interface Offers {
  /** Characters before the cursor that an offer replaces. */
  readonly typed: number;
  readonly offers: readonly Offer[];
  /** How many of them, at the beginning, the file uses already. */
  readonly used: number;
}

type Found = Pick<Offers, 'typed' | 'offers'>;

/** Where completion happens: the line up to the cursor, and the text of the whole file. */
export interface CompletionPlace {
  readonly language: 'python' | 'typescript';
  readonly before: string;
  readonly text: string;
  readonly sites: readonly ActivationSite[];
}

/**
 * Activations that can be typed behind `nn.`, `F.`, `tf.`, `tf.layers.`, or into a string that chooses one
 * (`activation: '`, `act_layer="`); undefined anywhere else. Those that the file uses come first, the most frequent
 * before the others, then those that practice chooses between.
 */
export function offersAt(place: CompletionPlace): Offers | undefined {
  const found = place.language === 'python' ? pythonOffers(place) : tfjsOffers(place);
  if (!found || found.offers.length === 0) return undefined;
  const rank = rankOf(place.sites);
  const written = new Set(place.sites.map(({ text }) => text.replace(/['"`]/g, '')));
  // The other names that configurations have for the same stand behind the usual ones, unless the file writes them.
  const isOther = ({ form, framework, text, activation }: Offer) =>
    form === 'string' && framework === 'pytorch' && text !== activation.id && !written.has(text);
  const placeOf = (each: Offer) => (isOther(each) ? OTHERS : 0) + rank(each.activation.id);
  const offers = [...found.offers].sort((a, b) => placeOf(a) - placeOf(b));
  return { ...found, offers, used: offers.filter((each) => placeOf(each) < 0).length };
}

/** More than any rank. */
const OTHERS = 1e9;

/** `act_layer="ge`, `hidden_act: str = "`: the name that says what is chosen, and what is typed of the choice. */
const pythonString = new RegExp(
  `([.${python.part}]+)(?:\\s*:\\s*${python.name})?['"\\])]*\\s*[:=]\\s*(['"])([${python.part}]*)$`,
  'u',
);
/** `nn.G` */
const pythonAttribute = new RegExp(`(?<![.${python.part}])([.${python.part}]+)\\.([${python.part}]*)$`, 'u');
/** `activation: 'ge` */
const typescriptString = new RegExp(
  `(?<![${typescript.part}])[${typescript.part}]*[aA]ctivation['"]?\\s*[:=]\\s*(['"\`])([${typescript.part}]*)$`,
  'u',
);
/** `tf.layers.le` */
const typescriptProperty = new RegExp(
  `(?<![.${typescript.part}])(${typescript.name})\\.((?:layers\\.)?)([${typescript.part}]*)$`,
  'u',
);
const namespaceImport = new RegExp(
  `import\\s+\\*\\s+as\\s+(${typescript.name})\\s+from\\s+['"]@tensorflow/tfjs[\\w\\-]*['"]`,
  'u',
);

function pythonOffers({ before, text }: CompletionPlace): Found | undefined {
  const quoted = pythonString.exec(before);
  if (quoted) {
    const [, name = '', , typed = ''] = quoted;
    if (!chooses(name.slice(name.lastIndexOf('.') + 1))) return undefined;
    const offers = [...stringNames()].flatMap(([word, { activation, parameters }]) => {
      const entry = catalogue.get(activation);
      // Names in configurations are lower-case: `ReLU` is the module's, and stands in `getattr(nn, …)`.
      const isUsual = entry && (word === entry.id || !entry.spellings.modules?.some((m) => m.toLowerCase() === word));
      return entry && isUsual ? [offer(entry, word, 'string', 'pytorch', parameters)] : [];
    });
    return { typed: typed.length, offers };
  }
  const dotted = pythonAttribute.exec(before);
  if (!dotted || /['"#]/.test(stripStrings(before))) return undefined;
  const [, path = '', typed = ''] = dotted;
  const prefix = prefixesOf(text).get(pythonName(path));
  if (!prefix) return undefined;
  const offers = [...pytorchSpellings().names].flatMap(([name, { activation, kind }]) => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    const isHere = name === `${prefix}.${last}` && !last.endsWith('_');
    return isHere ? [offer(activation, last, kind, 'pytorch')] : [];
  });
  return { typed: typed.length, offers };
}

function tfjsOffers({ before, text }: CompletionPlace): Found | undefined {
  const quoted = typescriptString.exec(before);
  const { identifiers, names } = tfjsTable();
  if (quoted) {
    const offers = [...identifiers].map(([word, { activation, defaults = {} }]) =>
      offer(activation, word, 'string', 'tfjs', siteArguments(defaults)),
    );
    return { typed: (quoted[2] ?? '').length, offers };
  }
  const dotted = typescriptProperty.exec(before);
  const alias = namespaceImport.exec(text)?.[1];
  if (!dotted || dotted[1] !== alias) return undefined;
  const [, , layers = '', typed = ''] = dotted;
  const offers = [...names].flatMap(([name, { activation }]) => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    const form = layers ? 'module' : 'function';
    return name === `tf.${layers}${last}` ? [offer(activation, last, form, 'tfjs')] : [];
  });
  return { typed: typed.length, offers };
}

function offer(
  activation: Activation,
  text: string,
  form: SiteForm,
  framework: Offer['framework'],
  parameters: Offer['parameters'] = {},
): Offer {
  return { activation, text, form, framework, parameters };
}

function siteArguments(values: Readonly<Record<string, unknown>>): Record<string, SiteArgument> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])) as Record<
    string,
    SiteArgument
  >;
}

/** A line without its closed strings: a quote that is left is an open one, a hash begins a comment. */
function stripStrings(line: string): string {
  return line.replace(/'[^'\n]*'|"[^"\n]*"/g, '');
}

/** A number for each activation, smaller for what fits the file better. */
function rankOf(sites: readonly ActivationSite[]): (id: string) => number {
  const uses = new Map<string, number>();
  for (const { activation } of sites) uses.set(activation, (uses.get(activation) ?? 0) + 1);
  const order = [...new Set([...suggestedCandidates, ...catalogue.keys()])];
  return (id) => order.indexOf(id) - 1000 * (uses.get(id) ?? 0);
}
