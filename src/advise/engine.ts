import { detectTree, mayName } from '../detect/detect';
import { languageOf } from '../detect/language';
import { finish } from '../detect/python/detect';
import { type Imported, Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import { type Skipped, toSkipped } from '../detect/skipped';
import type { FindModule, ModelAnswers } from '../flow/fileFlow';
import { followFlow } from '../flow/flow';
import type { SourceRange } from '../graph/types';
import type { Language } from '../language/say';
import type { Program } from '../python/syntax/ast';
import { convertProgram, convertSliced } from '../python/syntax/convert';
import type { SourceText } from '../source/source';
import { nodesTooDeep } from '../syntax/ancestors';
import type { Syntax, Tree } from '../syntax/syntax';
import type { Advice } from './advice';
import { isOn, type RuleSettings, withSeverity } from './configuration';
import { Ignores } from './ignore';
import type { Neighbours } from './neighbours';
import { isForPython, rules } from './rules/index';
import { CodeTexts } from './texts';
import { adviseScriptTree } from './tfjs/engine';

export interface AdviseOptions {
  readonly settings?: RuleSettings;
  readonly language?: Language;
  /** What names from other files mean, where that is known. */
  readonly imported?: Imported;
  /** Is told what was not looked at. */
  readonly tell?: (skipped: Skipped) => void;
  /** Other files of the workspace that take part. */
  readonly neighbours?: Neighbours;
  /** The text's program, where it is known already. */
  readonly program?: Program;
  /** Findings in files that the text imports are told where they are, not at what in the text shows them. */
  readonly isEverywhere?: boolean;
  /** What models give whose code is not followed to its end, where their graphs were read. */
  readonly answers?: ModelAnswers;
  /** The first line of what a line of a file is counted in, such as a notebook's cell; its file by default. */
  readonly firstLine?: (file: string, line: number) => number;
  /** The text's sites, where they are known already. */
  readonly sites?: readonly ActivationSite[];
}

export interface FileAdviseOptions extends Omit<AdviseOptions, 'program' | 'neighbours'> {
  /** Looks for other files of the workspace that take part, where the file's own is worth it. */
  readonly findNeighbours?: (program: Program) => Promise<Neighbours>;
}

/** What the rules find in a text, in order; parses it and frees the tree. A file of no known ending is read as Python. */
export async function advise(
  syntax: Syntax,
  text: SourceText,
  { findNeighbours, ...options }: FileAdviseOptions = {},
): Promise<Advice[]> {
  const language = languageOf(text.file) ?? 'python';
  const isPython = language === 'python';
  if (!(isPython ? mayBeAdvised(text.text) : mayName(language, text.text))) return [];
  const tree = await syntax.parse(language, text.text);
  try {
    if (!isPython) return finish(adviseScriptTree(tree, text, options));
    const program = convertProgram(tree, text.file);
    const neighbours = await findNeighbours?.(program);
    return finish(adviseTree(tree, text, { ...options, program, neighbours }));
  } finally {
    tree.delete();
  }
}

/** What a rule may be about, its imports left out or not: a layer, a loss, an activation, what formulas are made of. */
const telling =
  /\bnn\.(?!Module\b|Parameter\b)\w|\bnn\s+import\b|Loss\b|loss\b|cross_entropy|nll|kl_div|soft(?:m|plus|sign|shrink)|sigmoid|tanh|relu|ReLU|[a-z]?elu\b|ELU|SiLU|silu|[Mm]ish\b|[Ss]wish|glu\b|GLU|dropout|Dropout|shrink|threshold|\.(?:exp|erf)_?\(|ACT2FN|hidden_act|activation_function|Sequential|\b(?:Lazy)?(?:Linear|Conv[123]d)\(/;
/** Code without imports, where any name of PyTorch may be meant. */
const isPasted = (text: string) => /\b(?:nn|F|torch)\.\w/.test(text) && !/^[ \t]*(?:import|from)\s/m.test(text);

/** Whether some rule may say something of a text of Python: the others need not be parsed. */
export const mayBeAdvised = (text: string): boolean => telling.test(text) || isPasted(text);

/** The same for a tree of Python that the caller owns; yields where it can be interrupted, and the tree must stay until the end. */
export function* adviseTree(
  tree: Tree,
  text: SourceText,
  {
    settings = {},
    language = 'en',
    imported,
    sites,
    neighbours,
    program,
    answers,
    isEverywhere,
    firstLine = () => 0,
    tell,
  }: AdviseOptions = {},
): Generator<void, Advice[]> {
  if (!mayBeAdvised(text.text)) return [];
  const root = tree.rootNode;
  const names = new Names(root, text.text, imported);
  let known = sites;
  const findSites = function* () {
    known ??= (yield* detectTree(tree, 'python', text, imported)).sites;
    return known;
  };
  const own = program ?? (yield* convertSliced(tree, text.file));
  const find: FindModule = (...asked) => {
    const found = neighbours?.find(...asked);
    return found?.file === text.file ? own : found;
  };
  const texts = new CodeTexts([...(neighbours?.texts ?? []), text]);
  const flow = yield* followFlow(own, find, answers);
  const lineOf = ({ file, line }: SourceRange) => line + 1 - firstLine(file, line);
  const context = { root, text, names, findSites, flow, texts, language, lineOf };
  const active = rules.filter(isForPython).filter((rule) => isOn(rule, settings));
  const found: Advice[] = [];
  for (const rule of active) for (const advice of yield* rule.check(context)) found.push(advice);
  for (const user of neighbours?.users ?? []) {
    const elsewhere = { ...context, flow: yield* followFlow(user, find, answers) };
    for (const rule of active.filter(({ isAcrossFiles }) => isAcrossFiles))
      for (const advice of yield* rule.check(elsewhere)) if (advice.range.file === text.file) found.push(advice);
  }
  for (const each of nodesTooDeep(tree)) tell?.(toSkipped(each, text.file));
  const ignores = new Ignores(texts);
  const told = new Map<string, Advice>();
  for (const each of found) {
    const advice = isEverywhere || each.range.file === text.file ? each : tellHere(each, text.file);
    if (!advice || ignores.has(each)) continue;
    const { file, line, column } = advice.range;
    const key = `${advice.code} ${file} ${line} ${column}`;
    if (!told.has(key)) told.set(key, withSeverity(advice, settings));
  }
  return [...told.values()].sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}

/** A finding in another file, told where a file takes part in it. */
function tellHere(advice: Advice, file: string): Advice | undefined {
  const here = advice.related.find(({ range }) => range.file === file);
  return here && { ...advice, range: here.range, related: [{ range: advice.range, message: advice.hint }] };
}
