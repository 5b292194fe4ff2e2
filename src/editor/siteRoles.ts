import type * as vscode from 'vscode';
import type { ActivationSite } from '../detect/site';
import { activationsOf } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';
import { resolveSites } from '../resolve/join';
import { Roles, type SiteRole } from '../resolve/role';
import type { Runs } from '../resolve/runs';
import type { AskedFiles } from './asked';
import type { Documents } from './documents';
import type { ModelReadings } from './modelReadings';

/** Milliseconds after the hover that asked has been shown. */
const DELAY = 50;

interface RoleReading {
  readonly models: ReturnType<ModelReadings['of']>;
  /** By the place of the site or of the call that runs it, of what has been read so far. */
  readonly roles: Map<string, SiteRole>;
}

/**
 * What sites mean in the models of their file. Reading a model takes longer than a hover may: the first hover of a text
 * starts it, and later ones have it.
 */
export class SiteRoles {
  private readonly readings = new WeakMap<vscode.TextDocument, RoleReading>();

  constructor(
    private readonly documents: Documents,
    private readonly models: ModelReadings,
    private readonly asked: AskedFiles,
  ) {}

  /** The site's role in the document's present text, as far as it is known by now. */
  roleOfSite(document: vscode.TextDocument, site: ActivationSite): SiteRole | undefined {
    return this.roleAt(document, placeOf(site));
  }

  /** The role of what runs at a call such as `self.act(x)`; of several activations that may run there, the first's. */
  roleOfCall(document: vscode.TextDocument, { range, sites: [first] }: Runs): SiteRole | undefined {
    return first && this.roleAt(document, callOf(range, first.activation));
  }

  private roleAt(document: vscode.TextDocument, place: string): SiteRole | undefined {
    if (!this.asked.has(document.uri.toString())) return undefined;
    const known = this.readings.get(document);
    if (known?.models.isCurrent) return known.roles.get(place);
    const reading = { models: this.models.of(document), roles: new Map<string, SiteRole>() };
    this.readings.set(document, reading);
    setTimeout(() => {
      // What can't be read has no role: the comparison says why.
      this.read(document, reading).catch(() => undefined);
    }, DELAY);
    return undefined;
  }

  private async read(document: vscode.TextDocument, { models, roles }: RoleReading): Promise<void> {
    const sites = await this.documents.sites(document);
    for await (const { extraction: found } of models.readAll()) {
      if (found.ok) {
        const named = resolveSites(found.graph, sites).sites.map(({ site, nodes }) => [placeOf(site), nodes] as const);
        const made = new Roles(found.graph, found.expression);
        for (const [place, nodes] of [...named, ...calls(found.graph, document.uri.toString())])
          if (nodes.length > 0 && !roles.has(place)) roles.set(place, made.of(nodes));
      }
      if (sites.every((site) => roles.has(placeOf(site)))) return;
    }
  }
}

/** The activations that run at each call of a file, by its place and what runs. */
function calls(graph: Graph, file: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { node, op, source } of activationsOf(graph)) {
    if (source?.file !== file) continue;
    const place = callOf(source, op.activation);
    const here = found.get(place);
    if (here) here.push(node);
    else found.set(place, [node]);
  }
  return found;
}

const callOf = ({ line, column }: SourceRange, activation: string) => `call ${line} ${column} ${activation}`;

function placeOf({ range, activation }: ActivationSite): string {
  return [range.line, range.column, range.endLine, range.endColumn, activation].join(' ');
}
