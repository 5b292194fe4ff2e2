/** A Python script that repeats a comparison in PyTorch, at full scale and on the user's own data. */
import type { Report, SwapSite } from '../../compare/report';
import { defaultLearning } from '../../compare/report';
import { swapSites } from '../../compare/sites';
import { SwapError } from '../../graph/swap';
import type { Graph } from '../../graph/types';
import { fileName } from '../../language/legible';
import { say, sentence } from '../../language/say';
import { ExportError } from '../exportError';
import { scriptCandidates } from './candidates';
import { comment, define, literalLines, literalOf, type PythonValue } from './literal';
import begin from './parts/begin.py';
import calls from './parts/calls.py';
import conclude from './parts/conclude.py';
import data from './parts/data.py';
import main from './parts/main.py';
import swapping from './parts/swap.py';
import train from './parts/train.py';
import { fitsOf, type PlaceFit, placesOf } from './places';
import { scriptTask } from './task';

/** What a script is made of beside the report: the model as it was read. */
export interface ScriptModel {
  readonly graph: Graph;
  /** The same with a larger batch. */
  readonly batched?: Graph | undefined;
  /** What was read: `ResNet`, `ViT(depth=4)`. */
  readonly expression: string;
  /** Path of the submodule that was read, where it isn't the whole model. */
  readonly part?: string | undefined;
  /** Where the script finds the model's file: a path from its own folder, or an absolute one. */
  readonly path: string;
}

function refuseOthers({ graph }: ScriptModel, { model }: Report): void {
  if (graph.conventions === 'tensorflow' || /\.onnx$/i.test(model.file)) {
    throw new ExportError(
      say('{0} is no PyTorch model, so there is no PyTorch script of its comparison.', fileName(model.file)),
    );
  }
  if (!/\.pyi?$/i.test(model.file)) {
    throw new ExportError(
      say(
        '{0} is no Python file that a script could import. Save the code of the model as one, and compare it there.',
        fileName(model.file),
      ),
    );
  }
}

/** The report's sites in the graph at hand. @throws ExportError where the model is another one by now */
function sitesIn(graph: Graph, { plan, model }: Report): SwapSite[] {
  const all = new Map(swapSites(graph).map((site) => [site.id, site]));
  return plan.sites.map(({ id }) => {
    const site = all.get(id);
    if (!site) throw new ExportError(say('{0} has changed since it was compared. Compare it again first.', model.name));
    return site;
  });
}

/** What is to be known of how the script differs from the comparison. */
function remarksOf({ model, plan }: Report, expression: string): string[] {
  const isVariable = /^\w+$/.test(expression) && expression !== model.name;
  return [
    ...(model.weights === undefined
      ? []
      : ['The comparison ran with the weights of a checkpoint; this begins with initial ones: see build_model().']),
    ...(plan.reinitialised
      ? ['The comparison drew weights with the gain that suits each candidate; this keeps those that the code draws.']
      : []),
    ...(isVariable
      ? [
          'The name above may be a variable inside of a function: write the call that builds the model in its place then.',
        ]
      : []),
  ];
}

/**
 * The text of the script. Nothing in it is more than a literal or a comment where it is made of a file's text.
 * @throws ExportError why there is none, and the way out
 */
export function scriptOf(report: Report, model: ScriptModel): string {
  refuseOthers(model, report);
  const { graph, batched, expression, part, path } = model;
  const { places, stuck } = placesOf(graph, sitesIn(graph, report));
  const [first, ...others] = report.candidates;
  const { candidates, classes } = scriptCandidates(others);
  const nodes = places.flatMap((place) => place.nodes);
  const fits = new Map<number, PlaceFit>(nodes.map((node) => [node, {}]));
  for (const { entry, report: candidate } of candidates) {
    try {
      for (const [node, fit] of fitsOf(graph, nodes, entry, candidate.parameters))
        fits.set(node, { ...fits.get(node), ...fit });
    } catch (error) {
      if (!(error instanceof SwapError)) throw error;
      throw new ExportError(
        say('{0} can not stand where it was to be compared: {1}', candidate.title, sentence(error.message)),
      );
    }
  }
  const task = scriptTask(graph, batched);
  const placeLines = places.map(({ label, path: at, how, nodes: own, functions, calls: inOrder }): PythonValue => {
    const made = own.map((node): PythonValue => ({ ...fits.get(node) }));
    return { label, path: at, how, fits: made, ...(functions && { functions }), ...(inOrder && { calls: inOrder }) };
  });
  const setup = report.candidates.find(({ learning }) => learning)?.learning?.setup;
  const generated = [
    '# ------------------------------------------------------------------------------------------------- what is compared',
    '',
    comment(`${report.model.name} of ${fileName(report.model.file)}, compared on ${report.created.slice(0, 10)}.`),
    `MODEL_FILE = ${literalOf(path)}`,
    '# Over the names of that file, which is imported: what it does outside of functions is done.',
    `MODEL = ${literalOf(expression)}`,
    ...remarksOf(report, expression).map(comment),
    '# A part of the model, by its path; None: all of it.',
    `PART = ${literalOf(part ?? null)}`,
    `RATES = ${literalOf(setup?.rates ?? defaultLearning.rates)}`,
    ...task.lines,
    '',
    '',
    '# Where activations are swapped: a module, or calls of functions that the code of a module makes (of each in turn,',
    '# which of the new activations takes its place).',
    ...define('PLACES', literalLines(placeLines)),
    '# What can not be swapped from outside of the model, why, and how to edit it.',
    ...stuck.map(({ label, reason }) => comment(`${label}: ${reason}`)),
    ...define('NOT_SWAPPED', literalLines(stuck.map(({ label, reason }) => [label, reason]))),
    ...classes,
    ...(classes.length > 0 ? ['', ''] : ['']),
    'CANDIDATES = {',
    `    "baseline": None,  ${comment(`as written: ${first?.title ?? ''}`)}`,
    ...candidates.map(({ name, make }) => `    ${literalOf(name)}: ${make},`),
    '}',
    '',
    '',
  ];
  const usesCalls = places.some(({ how }) => how === 'calls');
  const parts = [data, task.part, swapping, ...(usesCalls ? [calls] : []), train, conclude, main];
  return [begin, '\n', generated.join('\n'), parts.join('\n\n')].join('');
}
