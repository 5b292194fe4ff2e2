import type * as vscode from 'vscode';
import type { ActivationSite } from '../detect/site';
import { activationsOf } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';
import { resolveSites } from '../resolve/join';
import { Roles, type SiteRole } from '../resolve/role';
import type { Runs } from '../resolve/runs';
import type { Documents } from './documents';
import { grammarOf } from './languages';
import type { ModelReader } from './reading';
import { WorkspaceSource } from './source';

/** Models of a file that are read for its hovers, likeliest first. */
const MODELS = 4;
/** Documents whose roles are kept. */
const DOCUMENTS = 8;
/** Milliseconds for one model: no hover is worth more. */
const LONGEST = 1500;
/** After the hover that asked has been shown. */
const DELAY = 50;

interface RoleReading {
  readonly version: number;
  readonly stop: AbortController;
  /** By the place of the site or of the call that runs it, of what has been read so far. */
  readonly roles: Map<string, SiteRole>;
  readonly source: WorkspaceSource;
}

/**
 * What sites mean in the models of their file. Reading a model takes longer than a hover may: the first hover of a text
 * starts it, and later ones have it.
 */
export class SiteRoles implements vscode.Disposable {
  private readonly readings = new Map<string, RoleReading>();

  constructor(
    private readonly documents: Documents,
    private readonly reader: ModelReader,
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
    if (grammarOf(document) !== 'python') return undefined;
    const key = document.uri.toString();
    const reading = this.readings.get(key);
    if (reading?.version === document.version && reading.source.changedFile() === undefined)
      return reading.roles.get(place);
    this.start(key, document);
    return undefined;
  }

  private start(key: string, document: vscode.TextDocument): void {
    this.readings.get(key)?.stop.abort();
    this.readings.delete(key);
    const reading: RoleReading = {
      version: document.version,
      stop: new AbortController(),
      roles: new Map(),
      source: new WorkspaceSource(),
    };
    this.readings.set(key, reading);
    for (const [oldest, { stop }] of this.readings) {
      if (this.readings.size <= DOCUMENTS) break;
      stop.abort();
      this.readings.delete(oldest);
    }
    setTimeout(() => {
      // What can't be read has no role: the comparison says why.
      this.read(document, reading).catch(() => undefined);
    }, DELAY);
  }

  private async read(document: vscode.TextDocument, reading: RoleReading): Promise<void> {
    const { signal } = reading.stop;
    const file = document.uri.toString();
    const sites = await this.documents.sites(document);
    const models = await this.documents.models(document);
    const likeliest = [...models].sort((a, b) => b.score - a.score).slice(0, MODELS);
    for (const { expression } of likeliest) {
      if (signal.aborted || document.version !== reading.version) return;
      if (sites.every((site) => reading.roles.has(placeOf(site)))) return;
      const found = await this.reader.readQuietly({ file, expression }, reading.source, LONGEST, signal);
      if (!found.ok) continue;
      const roles = new Roles(found.graph, found.expression);
      const named = resolveSites(found.graph, sites).sites.map(({ site, nodes }) => [placeOf(site), nodes] as const);
      for (const [place, nodes] of [...named, ...calls(found.graph, file)])
        if (nodes.length > 0 && !reading.roles.has(place)) reading.roles.set(place, roles.of(nodes));
    }
  }

  dispose(): void {
    for (const { stop } of this.readings.values()) stop.abort();
    this.readings.clear();
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
