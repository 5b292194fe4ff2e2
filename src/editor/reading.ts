import * as vscode from 'vscode';
import { reportKey } from '../compare/key';
import type { SwapSite } from '../compare/report';
import { hiddenSites, swapSites } from '../compare/sites';
import type { Extraction, InputSpec, ReadablePart } from '../extract/extract';
import { rangeIn, relocate, relocateGraph } from '../extract/relocate';
import { formatInputSpecs } from '../extract/spec';
import { itemAt } from '../graph/access';
import type { Graph } from '../graph/types';
import type { ComparePanelTarget, Reading } from '../panel/compareServices';
import { longestText, type Obstacle } from '../protocol/compare';
import type { CompareTarget, ModelRequest } from '../protocol/model';
import { longestMessage } from '../protocol/shapes';
import { formOf } from '../reader/forms';
import type { ReadRequest, ReadResult } from '../reader/messages';
import type { ModelReading } from '../reader/readers';
import { relocateShapes } from '../shapes/relocate';
import { isLibraryFile, LibrarySource } from '../source/libraries';
import type { AskedFiles } from './asked';
import { candidateOptions } from './candidateOptions';
import { editAndTell } from './consequences';
import type { Documents } from './documents';
import { modelFormOf } from './languages';
import { librariesFor } from './libraries';
import { cellPlace, labelOf, titleOf, wholeOf } from './notebooks';
import { inform, progress } from './notices';
import type { OnnxWriting } from './onnxWriting';
import type { Previews } from './previews';
import { inputSpecs, type Questions } from './questions';
import { toRange } from './ranges';
import { type EditPlace, planReplacement, Refusal, replaceAt } from './replacement';
import { reveal } from './reveal';
import { settings } from './settings';
import { WorkspaceSource } from './source';
import { weightsFor, weightsIdentity } from './weights';
import { folderCallers, workspaceCallers } from './workspaceCalls';

/** Nobody asked for it, so nobody is told. */
const unasked: Extraction = {
  ok: false,
  problem: { kind: 'cancelled', message: '' },
  others: [],
  parts: [],
  models: [],
};

/** How a model is read for nobody in particular. */
export interface QuietOptions {
  /** How long that may take. */
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** Usual sizes are taken where nothing builds the model. */
  readonly choosesSizes?: boolean;
  /** Tell the shapes of the file's lines, too. */
  readonly shapes?: boolean;
  /** With them: names of the arguments that sizes follow. */
  readonly names?: boolean;
}

type ReadModelMessage = Reading['message'] & { type: 'model' };

/** Reads models for comparisons: from the workspace's text, with what the user was asked for. */
export class ModelReader {
  constructor(
    private readonly documents: Documents,
    private readonly thread: ModelReading,
    private readonly questions: Questions,
    private readonly asked: AskedFiles,
    private readonly writing: OnnxWriting,
    private readonly previews: Previews,
  ) {}

  /** Never throws: what goes wrong is a message for the page. */
  async read(request: ComparePanelTarget, ask: boolean, signal: AbortSignal): Promise<Reading> {
    return progress(vscode.l10n.t('Reading the model'), async () => {
      try {
        if (!(await this.asked.admit(request.file, ask))) return unreadReading(request);
        return await this.readAnswered(request, ask, signal, true);
      } catch (error) {
        return brokenReading(request, error);
      }
    });
  }

  /** Reads what was read before again, after an edit: nobody is asked, and no code is run that may not be. Never throws. */
  async readAgain(request: ComparePanelTarget, signal: AbortSignal): Promise<Reading> {
    try {
      if (!this.asked.has(request.file)) return unreadReading(request);
      return await this.readAnswered(request, false, signal, false);
    } catch (error) {
      return brokenReading(request, error);
    }
  }

  /** Reads a whole model as a comparison would, with what was answered before, but asks nobody. */
  async readQuietly(
    first: ModelRequest,
    source: WorkspaceSource,
    { milliseconds, signal, ...how }: QuietOptions,
  ): Promise<Pick<ReadResult, 'extraction' | 'shapes'>> {
    if (!this.asked.has(first.file)) return { extraction: unasked };
    const request = { ...this.questions.recall(first), part: undefined };
    const libraries = await librariesFor(vscode.Uri.parse(request.file, true));
    const form = modelFormOf(request.file);
    const options = { source: new LibrarySource(source, libraries), form, signal, callers: folderCallers(signal) };
    const { extraction, shapes } = await this.thread.read(
      { ...readRequest(request), budget: { milliseconds }, ...how },
      options,
    );
    return {
      extraction: relocate(extraction, cellPlace, [wholeOf(request.file)]),
      shapes: shapes && relocateShapes(shapes, (range) => rangeIn(range, cellPlace)),
    };
  }

  private async readAnswered(
    first: ComparePanelTarget,
    ask: boolean,
    signal: AbortSignal,
    urgent: boolean,
  ): Promise<Reading> {
    let request = this.questions.recall(first);
    let recalled = request.expression !== first.expression || request.part !== first.part;
    for (;;) {
      const source = new WorkspaceSource();
      const libraries = await librariesFor(vscode.Uri.parse(request.file, true));
      const read = await this.thread.read(
        { ...readRequest(request), choosesSizes: true, compared: true },
        {
          source: (await first.run?.source(source)) ?? new LibrarySource(source, libraries),
          form: modelFormOf(request.file),
          signal,
          urgent,
          callers: workspaceCallers(signal),
        },
      );
      const whole = [wholeOf(request.file)];
      const extraction = relocate(read.extraction, cellPlace, whole);
      const [batched, training] = [read.batched, read.training].map(
        (graph) => graph && relocateGraph(graph, cellPlace, whole),
      );
      if (extraction.ok) {
        if (!first.run) this.questions.remember(first, request);
        return await this.modelReading(request, extraction, { batched, training }, source, libraries);
      }
      const { problem } = extraction;
      if (recalled && problem.kind === 'no-model') {
        // What was remembered is of another text of the file.
        recalled = false;
        request = { ...first, weights: request.weights };
        continue;
      }
      const answer = ask && !signal.aborted ? await this.questions.ask(request, problem) : undefined;
      if (!answer) {
        const models = extraction.models.map((model) => model.expression);
        const obstacles = [problem, ...extraction.others];
        const { goesByValues, draft } = problem;
        const needsInput = problem.kind === 'needs-input' || problem.guessed !== undefined;
        const why = { obstacles, parts: extraction.parts, models, goesByValues, draft, needsInput };
        return unreadableReading(request, why, source);
      }
      request = answer;
    }
  }

  /** The file's text, for models that learn characters. */
  private async textOf({ file }: ModelRequest): Promise<string> {
    const text = await new WorkspaceSource().read(file);
    return text?.text.slice(0, longestText) ?? '';
  }

  private async modelReading(
    request: ComparePanelTarget,
    found: Extract<Extraction, { ok: true }>,
    { batched, training }: Pick<ReadResult, 'batched' | 'training'>,
    source: WorkspaceSource,
    libraries: readonly string[],
  ): Promise<Reading> {
    const sites = swapSites(found.graph);
    const { budget, autostart } = settings(vscode.Uri.parse(request.file, true));
    const selected = selectedSites(found.graph, sites, request);
    const isOnnx = formOf(request.file) === 'onnx';
    // The cell of a notebook, where it defines or builds the model.
    const place = found.models.find(({ expression }) => expression === found.expression)?.range.file ?? request.file;
    if (request.weights) await source.remember(request.weights);
    const weights = request.weights ? await weightsFor(request.weights, found.graph, request.part) : undefined;
    const identity = weights && (await weightsIdentity(weights));
    const keyed = { graph: found.graph, training, batched, weights: identity };
    // Of a large model it takes a while.
    const own = reportKey(keyed);
    const keyFor = (data: string | undefined) => (data === undefined ? own : reportKey({ ...keyed, data }));
    const message: ReadModelMessage = {
      type: 'model',
      graph: found.graph,
      ...(batched && { batched }),
      ...(training && { training }),
      expression: found.expression,
      ...(found.argumentOrigin?.isGuess && { guessesArguments: true }),
      ...(request.part && { part: request.part }),
      ...(request.forInput && { forInput: true }),
      file: request.file,
      label: labelOf(place),
      input: formatInputSpecs(found.inputs),
      inputOrigin: found.inputOrigin,
      sites,
      selected: selected.map((site) => site.id),
      candidates: candidateOptions(request, selected),
      budget: request.run?.budget ?? budget,
      // Another input than the user's own call gives is an offer.
      autostart:
        selected.length > 0 &&
        (request.run !== undefined || (autostart && !found.graph.notes.some(({ misfit }) => misfit))),
      models: found.models.map((model) => model.expression),
      ...(isOnnx && { writes: true }),
      ...(!isOnnx && takesTokens(found.graph) && { text: await this.textOf(request) }),
      ...(weights && { weights }),
    };
    const placesOf = (ids: readonly string[]) => {
      refuseStale(source);
      if (request.run?.isText)
        throw new Refusal(vscode.l10n.t('This was measured in a text that an agent gave: there is no file to edit.'));
      const chosen = new Set(ids);
      return sites.filter((site) => chosen.has(site.id)).map((site) => placeOf(site, libraries));
    };
    return {
      message,
      title: titleOf(place),
      request,
      keyFor,
      graphKey: () => reportKey({ graph: found.graph }),
      isStale: () => source.changedFile() !== undefined,
      watch: (tell) => source.watch(tell),
      apply: async ({ activation, parameters, sites: ids }) => {
        const places = placesOf(ids);
        const files = places.map(({ range }) => range.file);
        const edit = () => replaceAt(this.documents, places, activation, parameters);
        const { edits, first, undo } = await editAndTell(this.documents, files, edit);
        if (first) await reveal(first, true);
        return { edits, undo };
      },
      preview: async ({ activation, parameters, sites: ids }) => {
        const { edits } = await planReplacement(this.documents, placesOf(ids), activation, parameters);
        await this.previews.show(edits, vscode.l10n.t('Preview of the edit'));
      },
      write: async ({ activation, parameters, sites: ids }) => {
        if (!isOnnx) throw new Refusal(vscode.l10n.t('This model has a source, which is edited instead.'));
        const { inputs } = found;
        const file = vscode.Uri.parse(request.file, true);
        const message = await this.writing.write({
          file,
          source,
          sites: ids,
          activation,
          parameters,
          ...shapesOf(request, inputs),
        });
        if (message === undefined) return { message: null };
        const own = vscode.l10n.t('It has the weights of the file, not those of the checkpoint.');
        const told = request.weights ? `${message}\n${own}` : message;
        // The row whose button was pressed may be far below the panel's own notice.
        inform(told);
        return { message: told };
      },
    };
  }
}

function readRequest({ file, expression, part, input, forInput }: ModelRequest): ReadRequest {
  return {
    file: wholeOf(file),
    expression,
    part: part || undefined,
    forInput,
    inputs: input === undefined ? undefined : inputSpecs(input),
  };
}

function takesTokens(graph: Graph): boolean {
  const [input] = graph.inputs;
  const type = input && itemAt(graph.values, input.value).type;
  return type !== undefined && !type.dtype.includes('float') && type.dtype !== 'bool';
}

function refuseStale(source: WorkspaceSource): void {
  const changed = source.changedFile();
  if (!changed) return;
  const label = labelOf(changed);
  throw new Refusal(
    vscode.l10n.t(
      '{0} has changed since the model was read, so nothing was edited. Read the model again first.',
      label,
    ),
  );
}

/** Shapes that the user gave: what a file leaves open stays so unless they did. */
const shapesOf = ({ input }: CompareTarget, inputs: readonly InputSpec[]) => (input === undefined ? {} : { inputs });

function placeOf(site: SwapSite, libraries: readonly string[]): EditPlace {
  if (site.source && isLibraryFile(site.source.file, libraries)) {
    throw new Refusal(
      vscode.l10n.t(
        '{0} is named in an installed library, {1}, which is read but not edited.',
        site.paths.join(', '),
        vscode.Uri.parse(site.source.file, true).fsPath,
      ),
    );
  }
  const { source, written, activation } = site;
  if (source) return { range: source, ...(written && { written: { activation, ...written } }) };
  throw new Refusal(
    vscode.l10n.t(
      '{0} is not named in the source that was read; it can be measured, but not edited.',
      site.paths.join(', '),
    ),
  );
}

/** The site that was pointed at, where it takes part in this model; else the model's hidden activations. */
function selectedSites(
  graph: Graph,
  sites: readonly SwapSite[],
  { site, sites: ids }: CompareTarget,
): readonly SwapSite[] {
  const wanted = new Set(ids);
  const isAt = ({ source }: SwapSite) =>
    site && source?.file === site.file && toRange(source).intersection(toRange(site));
  const chosen = sites.filter((each) => wanted.has(each.id) || isAt(each));
  if (chosen.length > 0) return chosen;
  const hidden = new Set(hiddenSites(graph, sites));
  return sites.filter(({ id }) => hidden.has(id));
}

/** Nobody has asked for it in this window, and reading it would run its code. */
function unreadReading(request: CompareTarget): Reading {
  const message = vscode.l10n.t(
    'The model of {0} has not been read: its code runs, in a sealed interpreter, only when you ask for it. Choose “Read again”.',
    labelOf(request.file),
  );
  return unreadableReading(request, { obstacles: [{ message }] });
}

const brokenReading = (request: CompareTarget, error: unknown): Reading =>
  unreadableReading(request, { obstacles: [{ message: error instanceof Error ? error.message : String(error) }] });

function unreadableReading(
  request: CompareTarget,
  why: {
    obstacles: readonly Obstacle[];
    parts?: readonly ReadablePart[];
    models?: readonly string[];
    goesByValues?: boolean | undefined;
    draft?: string | undefined;
    needsInput?: boolean;
  },
  source?: WorkspaceSource,
): Reading {
  const { obstacles, parts = [], models = [], goesByValues, draft, needsInput } = why;
  const plain = obstacles.map(({ message, source: place }): Obstacle => {
    const shown = message.slice(0, longestMessage);
    return place ? { message: shown, source: place } : { message: shown };
  });
  const refuse = async () => {
    throw new Refusal(itemAt(obstacles, 0).message);
  };
  return {
    message: {
      type: 'unreadable',
      obstacles: plain,
      parts,
      models,
      ...(goesByValues && { goesByValues }),
      ...(draft !== undefined && { draft }),
      ...(needsInput && { needsInput }),
    },
    request,
    keyFor: () => '',
    isStale: () => source?.changedFile() !== undefined,
    watch: (tell) => source?.watch(tell) ?? new vscode.Disposable(() => undefined),
    apply: refuse,
    preview: refuse,
    write: refuse,
  };
}
