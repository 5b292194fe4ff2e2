/** What the graphs of a file's models show that its syntax doesn't. */
import type { Fault } from '../../graph/fault';
import type { Graph, SourceRange } from '../../graph/types';
import type { Language } from '../../language/say';
import type { Advice } from '../advice';
import { isOn, type RuleSettings, withSeverity } from '../configuration';
import { Ignores } from '../ignore';
import { adviceFrom } from '../report';
import { cannotRun } from '../rules/parts/cannot-run';
import type { CodeTexts } from '../texts';
import { adviceOfFaults } from './faults';
import { keyOf, ModelGraph } from './modelGraph';
import type { ModelContext, ModelRule, ModelVerdict } from './modelRule';
import { nodesOfFinding } from './nodes';
import { modelRules } from './rules/index';

/** A model as it was read. Those whose arguments nothing tells are not to be judged: their sizes were chosen by us. */
export interface AdvisedModel {
  readonly graph: Graph;
  /** The code builds it with the arguments that it was read with: no defaults stand for them. */
  readonly isBuilt?: boolean;
}

export interface ModelAdviceOptions {
  readonly settings?: RuleSettings;
  readonly language?: Language;
  /** The texts of the files that findings are told in. */
  readonly texts: CodeTexts;
  /** Whether findings in a file are told. */
  readonly isOwn: (file: string) => boolean;
  /** What is known from the syntax: what both find is told once. */
  readonly known?: readonly Advice[];
  /** What models surely end in that PyTorch would refuse. */
  readonly faults?: readonly Fault[];
}

/** Nodes of a graph that is looked at, within some tenth of a second: an editor's host waits for it. */
export const MOST_NODES = 20_000;

/**
 * What rules find in the graphs of models, in the order of their places. All models of a file are given together: a
 * place that one of them uses rightly is not told.
 */
export function adviseModels(
  models: readonly AdvisedModel[],
  { settings = {}, language = 'en', texts, isOwn, known = [], faults = [] }: ModelAdviceOptions,
): Advice[] {
  const looked = models.filter(({ graph }) => graph.nodes.length <= MOST_NODES);
  const contexts = looked.map(({ graph, isBuilt = false }): ModelContext => {
    return { model: new ModelGraph(graph, isOwn, texts), isBuilt, texts, language };
  });
  const active = modelRules.filter(({ rule }) => isOn(rule, settings));
  const ignores = new Ignores(texts);
  const found = active.flatMap((rule) => findingsOf(rule, contexts));
  const own = isOn(cannotRun, settings) ? faults.filter(({ source }) => isOwn(source.file)) : [];
  // A name that the syntax shows to be misspelt is told by its own rule.
  const isTold = (range: SourceRange) => known.some((each) => each.severity === 'error' && overlap(each.range, range));
  const ended = adviceOfFaults(
    own.filter(({ source, layer }) => !isTold(source) && !(layer && isTold(layer.site))),
    language,
    texts,
  );
  const told = found.filter(({ advice, seen }) => !seen.some((each) => isKnown(each, advice, known)));
  return [...told.map(({ advice }) => advice), ...ended]
    .filter((advice) => !ignores.has(advice))
    .map((advice) => withSeverity(advice, settings))
    .sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}

/** Nodes of a model that a finding is about. */
interface SeenNodes {
  readonly graph: Graph;
  readonly nodes: readonly number[];
}

interface ModelFinding {
  readonly advice: Advice;
  readonly seen: readonly SeenNodes[];
}

/** The places that some run finds at fault, and none of any model finds well. */
function findingsOf(rule: ModelRule, contexts: readonly ModelContext[]): ModelFinding[] {
  const found = new Map<string, { readonly verdict: ModelVerdict<string>; readonly seen: SeenNodes[] }>();
  const well = new Set<string>();
  for (const context of contexts)
    for (const verdict of rule.check(context)) {
      const key = verdict.about ?? keyOf(verdict.at);
      if (!verdict.words) {
        well.add(key);
        continue;
      }
      const known = found.get(key) ?? { verdict, seen: [] };
      known.seen.push({ graph: context.model.graph, nodes: verdict.nodes ?? [] });
      found.set(key, known);
    }
  const places = new Set<string>();
  return [...found].flatMap(([key, { verdict, seen }]) => {
    const { at, words } = verdict;
    const place = keyOf(at);
    const [context] = contexts;
    if (well.has(key) || places.has(place) || !words || !context) return [];
    places.add(place);
    return { advice: adviceFrom(context, rule.rule, rule.messages, { ...words, at }), seen };
  });
}

/** Whether the syntax tells it already: the same rule of the same operation, or at a place that overlaps. */
function isKnown({ graph, nodes }: SeenNodes, { code, range }: Advice, known: readonly Advice[]): boolean {
  const alike = known.filter((each) => each.code === code);
  return alike.some(
    (each) => overlap(each.range, range) || nodesOfFinding(graph, each).some((node) => nodes.includes(node)),
  );
}

function overlap(a: SourceRange, b: SourceRange): boolean {
  if (a.file !== b.file) return false;
  const isBefore = (x: SourceRange, y: SourceRange) =>
    x.endLine < y.line || (x.endLine === y.line && x.endColumn <= y.column);
  return !isBefore(a, b) && !isBefore(b, a);
}
