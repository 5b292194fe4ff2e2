import type { ActivationSite } from '../detect/site';
import { itemAt } from '../graph/access';
import { python } from '../syntax/identifiers';

/** What an activation usually follows. */
type LayerKind = 'convolution' | 'normalisation' | 'linear';

const KINDS: readonly (readonly [LayerKind, RegExp])[] = [
  ['convolution', /\b(?:Lazy)?Conv(?:Transpose)?\dd\s*\(/],
  ['normalisation', /\b(?:(?:Lazy|Sync)?(?:Batch|Instance)Norm(?:\dd)?|LayerNorm|GroupNorm|RMSNorm)\s*\(/],
  ['linear', /\b(?:Lazy)?Linear\s*\(/],
];

/** Lines that are looked at above the cursor: a layer's call rarely takes more. */
const REACH = 12;

export interface HabitPlace {
  readonly lines: readonly string[];
  /** The line of the cursor, from 0; all that stands on it is before the cursor. */
  readonly line: number;
  readonly sites: readonly ActivationSite[];
}

/**
 * The line that the file's own habit puts behind a convolution, a normalisation or a linear layer: `nn.ReLU(),` in a
 * list of layers, `x = F.relu(x)` in `forward`. Undefined where the file has no such habit, or where other layers than
 * activations follow this kind more often.
 */
export function habitAt({ lines, line, sites }: HabitPlace): string | undefined {
  const typed = itemAt(lines, line);
  const file = { lines, made: attributesOf(lines) };
  const above = statementAbove(file, line);
  if (!above) return undefined;
  const habits = habitsOf(file, sites, line);
  const indent = /^\s*/.exec(typed)?.[0] ?? '';
  const written = typed.slice(indent.length);
  const proposal = habits.after(above);
  return proposal?.startsWith(written) && proposal !== written ? proposal.slice(written.length) : undefined;
}

/** A file's lines, and what its `self.name = …` say behind the sign. */
interface File {
  readonly lines: readonly string[];
  readonly made: ReadonlyMap<string, string>;
}

interface Statement {
  readonly kind: LayerKind | undefined;
  /** A line of a list of layers, or `x = self.conv(x)`. */
  readonly form: 'listed' | 'called';
  /** What is assigned and handed on, in `called`. */
  readonly variable: string;
}

/** `x = self.conv(x)`, `x = self.convs[i](x)` */
const layerCall = new RegExp(
  `^(${python.name})\\s*=\\s*self\\.(${python.name})(?:\\[[^\\]]*\\])?\\((${python.name})\\)$`,
  'u',
);
/** `x = F.relu(x, inplace=True)` */
const functionCall = new RegExp(`^(${python.name})\\s*=\\s*([.${python.part}]+)\\((${python.name})((?:,.*)?)\\)$`, 'u');
/** `self.conv = nn.Conv2d(…)` */
const attribute = new RegExp(`(?<![${python.part}])self\\.(${python.name})\\s*(?::[^=\\n]+)?=\\s*(.*)$`, 'gmu');
/** `nn.ReLU(),` */
const listed = new RegExp(`^[.${python.part}]+\\(.*\\),?$`, 'u');

/** The last line above that says something; undefined where that is neither a listed layer nor the call of one. */
function statementAbove({ lines, made }: File, line: number): Statement | undefined {
  for (let at = line - 1; at >= Math.max(0, line - REACH); at--) {
    const text = itemAt(lines, at).trim();
    if (text === '' || text.startsWith('#')) continue;
    return statementOf(text, made);
  }
  return undefined;
}

function statementOf(line: string, made: File['made']): Statement | undefined {
  const text = line.replace(/#.*$/, '').trim();
  const called = layerCall.exec(text);
  if (called) {
    const [, variable = '', name = '', handed = ''] = called;
    return variable === handed ? { kind: kindOf(made.get(name) ?? ''), form: 'called', variable } : undefined;
  }
  if (listed.test(text) && text.endsWith(',')) return { kind: kindOf(text), form: 'listed', variable: '' };
  return undefined;
}

/** What each attribute is given first. */
function attributesOf(lines: readonly string[]): File['made'] {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of lines.join('\n').matchAll(attribute))
    if (!found.has(name)) found.set(name, value);
  return found;
}

const kindOf = (text: string) => KINDS.find(([, pattern]) => pattern.test(text))?.[0];

/** What follows each kind of layer in the file, the line of the cursor left out. */
function habitsOf(file: File, sites: readonly ActivationSite[], cursor: number) {
  const activationLines = new Set(sites.map(({ range }) => range.line));
  const follows = new Map<string, Map<string, number>>();
  file.lines.forEach((text, at) => {
    if (at === cursor || text.trim() === '') return;
    const above = statementAbove(file, at);
    if (!above?.kind) return;
    const isActivation = activationLines.has(at);
    const next = isActivation ? textOf(text.replace(/#.*$/, '').trim(), above) : OTHER;
    const counts = follows.get(`${above.form} ${above.kind}`) ?? new Map<string, number>();
    if (next) counts.set(next, (counts.get(next) ?? 0) + 1);
    follows.set(`${above.form} ${above.kind}`, counts);
  });
  return {
    after({ kind, form, variable }: Statement): string | undefined {
      if (!kind) return undefined;
      const counts = [...(follows.get(`${form} ${kind}`) ?? [])].sort((a, b) => b[1] - a[1]);
      const [best] = counts[0] ?? [];
      return best && best !== OTHER ? best.replaceAll(VARIABLE, variable) : undefined;
    },
  };
}

/** Another layer, or the end of the list. */
const OTHER = '';
const VARIABLE = '\u0000';

/** An activation's line, with a place for the variable; undefined where it is more than that. */
function textOf(line: string, { form, variable }: Statement): string | undefined {
  if (form === 'listed') return listed.test(line) ? line.replace(/,?$/, ',') : undefined;
  const [, assigned, called, handed, more] = functionCall.exec(line) ?? [];
  const isOwn = assigned === variable && handed === variable;
  return isOwn ? `${VARIABLE} = ${called}(${VARIABLE}${more})` : undefined;
}
