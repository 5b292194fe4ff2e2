import * as vscode from 'vscode';
import type { ActivationSite } from '../detect/site';
import { activationsOf } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';
import { resolveSites } from '../resolve/join';
import { Roles, type SiteRole } from '../resolve/role';
import type { Runs } from '../resolve/runs';
import type { AskedFiles } from './asked';
import type { Documents } from './documents';
import type { LastResults } from './lastResults';
import type { ModelReadings } from './modelReadings';
import { wholeOf } from './notebooks';

/**
 * Milliseconds that the first hover of a text waits: enough where its models have been read for advice already, and where
 * they are small.
 */
const PATIENCE = 150;

/** What is known of a site or a call from its model. */
export interface SiteKnowledge {
  readonly role?: SiteRole;
  /** A sentence of the last comparison that swapped it. */
  readonly measured?: string;
}

interface RoleReading {
  readonly models: ReturnType<ModelReadings['of']>;
  /** By the place of the site or of the call that runs it, of what has been read so far. */
  readonly known: Map<string, SiteKnowledge>;
  /** All is read, or nobody waits any longer. */
  waited: Promise<unknown>;
  isUnderWay: boolean;
}

/**
 * What sites mean in the models of their file. Reading a model may take longer than a hover may: the first hover of a text
 * starts it and waits a little, and later ones have what has been read by then.
 */
export class SiteRoles {
  private readings = new WeakMap<vscode.TextDocument, RoleReading>();
  private readonly finished = new vscode.EventEmitter<void>();
  /** All that can be known of a document is known. */
  readonly onDidRead = this.finished.event;

  constructor(
    private readonly documents: Documents,
    private readonly models: ModelReadings,
    private readonly asked: AskedFiles,
    private readonly results: LastResults,
  ) {
    // As long as the extension.
    results.onDidChange(() => {
      this.readings = new WeakMap();
    });
  }

  /** What the site means in the document's present text, as far as it is known by now. */
  ofSite(document: vscode.TextDocument, site: ActivationSite): Promise<SiteKnowledge | undefined> {
    return this.at(document, placeOf(site));
  }

  /** The same of what runs at a call such as `self.act(x)`; of several activations that may run there, the first's. */
  async ofCall(document: vscode.TextDocument, { range, sites: [first] }: Runs): Promise<SiteKnowledge | undefined> {
    return first && this.at(document, callOf(range, first.activation));
  }

  private async at(document: vscode.TextDocument, place: string): Promise<SiteKnowledge | undefined> {
    if (!this.asked.has(document.uri.toString())) return undefined;
    const known = this.readings.get(document);
    const isLast = known?.models.isCurrent && (known.isUnderWay || known.models.isWhole);
    const reading = isLast ? known : this.begin(document);
    await reading.waited;
    return reading.known.get(place);
  }

  private begin(document: vscode.TextDocument): RoleReading {
    const reading: RoleReading = {
      models: this.models.of(document),
      known: new Map(),
      waited: Promise.resolve(),
      isUnderWay: true,
    };
    this.readings.set(document, reading);
    // What can't be read has no role: the comparison says why.
    const read = this.read(document, reading)
      .catch(() => undefined)
      .finally(() => {
        reading.isUnderWay = false;
        this.finished.fire();
      });
    reading.waited = Promise.race([read, new Promise((done) => setTimeout(done, PATIENCE))]);
    return reading;
  }

  private async read(document: vscode.TextDocument, { models, known }: RoleReading): Promise<void> {
    const file = document.uri.toString();
    const sites = await this.documents.sites(document);
    for await (const { extraction: found } of models.readAll()) {
      if (found.ok) {
        const named = resolveSites(found.graph, sites).sites.map(({ site, nodes }) => [placeOf(site), nodes] as const);
        const made = new Roles(found.graph, found.expression);
        const last = await this.results.find(wholeOf(file), found.graph);
        const swapped = new Set(last?.sites.flatMap(({ nodes }) => nodes));
        for (const [place, nodes] of [...named, ...calls(found.graph, file)]) {
          if (nodes.length === 0 || known.has(place)) continue;
          const isSwapped = last && nodes.some((node) => swapped.has(node));
          known.set(place, { role: made.of(nodes), ...(isSwapped && { measured: last.text }) });
        }
      }
      if (sites.every((site) => known.has(placeOf(site)))) return;
    }
  }
}

/** The activations that run at each call of a file, or are made there (`act_layer()`), by its place and what runs. */
function calls(graph: Graph, file: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { node, op, source, site } of activationsOf(graph)) {
    const own = [source, site].flatMap((each) => (each?.file === file ? [callOf(each, op.activation)] : []));
    for (const place of new Set(own)) {
      const here = found.get(place);
      if (here) here.push(node);
      else found.set(place, [node]);
    }
  }
  return found;
}

const callOf = ({ line, column }: SourceRange, activation: string) => `call ${line} ${column} ${activation}`;

function placeOf({ range, activation }: ActivationSite): string {
  return [range.line, range.column, range.endLine, range.endColumn, activation].join(' ');
}
