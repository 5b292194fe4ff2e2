import type { ActivationSite } from '../detect/site';

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
  const typed = lines[line] ?? '';
  const above = statementAbove(lines, line);
  if (!above) return undefined;
  const habits = habitsOf(lines, sites, line);
  const indent = /^\s*/.exec(typed)?.[0] ?? '';
  const written = typed.slice(indent.length);
  const proposal = habits.after(above);
  return proposal?.startsWith(written) && proposal !== written ? proposal.slice(written.length) : undefined;
}

interface Statement {
  readonly kind: LayerKind | undefined;
  /** A line of a list of layers, or `x = self.conv(x)`. */
  readonly form: 'listed' | 'called';
  /** What is assigned and handed on, in `called`. */
  readonly variable: string;
}

/** The last line above that says something; undefined where that is neither a listed layer nor the call of one. */
function statementAbove(lines: readonly string[], line: number): Statement | undefined {
  for (let at = line - 1; at >= Math.max(0, line - REACH); at--) {
    const text = lines[at]?.trim() ?? '';
    if (text === '' || text.startsWith('#')) continue;
    return statementOf(lines, at);
  }
  return undefined;
}

function statementOf(lines: readonly string[], at: number): Statement | undefined {
  const text = lines[at]?.replace(/#.*$/, '').trim() ?? '';
  const called = /^(\w+)\s*=\s*self\.(\w+)(?:\[[^\]]*\])?\((\w+)\)$/.exec(text);
  if (called) {
    const [, variable = '', name = '', handed = ''] = called;
    const made = new RegExp(`\\bself\\.${name}\\s*(?::[^=]+)?=\\s*(.*)$`, 'm').exec(lines.join('\n'))?.[1] ?? '';
    return variable === handed ? { kind: kindOf(made), form: 'called', variable } : undefined;
  }
  if (/^[\w.]+\(.*\),$/.test(text)) return { kind: kindOf(text), form: 'listed', variable: '' };
  return undefined;
}

const kindOf = (text: string) => KINDS.find(([, pattern]) => pattern.test(text))?.[0];

/** What follows each kind of layer in the file, the line of the cursor left out. */
function habitsOf(lines: readonly string[], sites: readonly ActivationSite[], cursor: number) {
  const activationLines = new Set(sites.map(({ range }) => range.line));
  const follows = new Map<string, Map<string, number>>();
  lines.forEach((text, at) => {
    if (at === cursor || text.trim() === '') return;
    const above = statementAbove(lines, at);
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
  if (form === 'listed') return /^[\w.]+\(.*\),?$/.test(line) ? line.replace(/,?$/, ',') : undefined;
  const own = new RegExp(`^${variable}\\s*=\\s*([\\w.]+)\\(${variable}((?:,.*)?)\\)$`).exec(line);
  return own ? `${VARIABLE} = ${own[1]}(${VARIABLE}${own[2]})` : undefined;
}
