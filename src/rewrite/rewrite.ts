/** A model with another activation at chosen sites, ready to be written as an ONNX file. */
import { defaultParameters, findActivation } from '../activations/catalogue';
import { hiddenSites, swapSites } from '../compare/sites';
import { swap } from '../graph/swap';
import type { ActivationParameters, Graph } from '../graph/types';
import { excerpt } from '../language/legible';
import { say } from '../language/say';

/** What takes the place of what. */
export interface RewriteOrder {
  /** Ids of sites, as `swapSites` gives them; absent: all hidden activations. */
  readonly sites?: readonly string[] | undefined;
  /** By any of its names. */
  readonly activation: string;
  /** The catalogue's defaults unless given. */
  readonly parameters?: ActivationParameters | undefined;
}

/** An order that can't be followed; the message says why, and what to do. */
export class RewriteError extends Error {
  override name = 'RewriteError';
}

/**
 * The graph with the activation at its sites.
 * @throws RewriteError where it has no such sites, or there is no such activation
 * @throws SwapError where the activation can't stand there
 */
export function rewrite(graph: Graph, { sites, activation, parameters }: RewriteOrder): Graph {
  const entry = findActivation(activation);
  if (!entry) throw new RewriteError(say('"{0}" is no activation that the catalogue knows', activation));
  const all = swapSites(graph);
  const wanted = new Set(sites ?? hiddenSites(graph, all));
  if (wanted.size === 0) {
    throw new RewriteError(
      say('The model has no hidden activation: choose one of its places, of which it has {0}', all.length),
    );
  }
  const chosen = all.filter(({ id }) => wanted.delete(id));
  const [unknown] = wanted;
  if (unknown !== undefined) {
    throw new RewriteError(
      say('The model has no activation {0}: it has changed since it was read. Read it again.', excerpt(unknown)),
    );
  }
  const nodes = chosen.flatMap((site) => site.nodes);
  return swap(graph, nodes, entry, { ...defaultParameters(entry), ...parameters });
}

/**
 * Ids of the sites at paths, as the command line names them.
 * @throws RewriteError naming a path that has none
 */
export function sitesAt(graph: Graph, paths: readonly string[]): string[] {
  const all = swapSites(graph);
  return paths.flatMap((path) => {
    const found = all.filter((site) => site.paths.includes(path));
    if (found.length > 0) return found.map(({ id }) => id);
    const known = [...new Set(all.flatMap((site) => site.paths))];
    throw new RewriteError(
      say('The model has no activation at {0}; it has them at {1}', path, excerpt(known.join(', '), LONGEST)),
    );
  });
}

/** Characters of a list of paths: a large model has thousands. */
const LONGEST = 600;
