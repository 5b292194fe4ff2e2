import * as vscode from 'vscode';
import { findActivation } from '../activations/catalogue';
import type { SwapSite } from '../compare/report';
import type { ExtractionProblem, InputSpec } from '../extract/extract';
import type { Setting } from '../extract/given';
import { formatInputSpecs } from '../extract/spec';
import type { OnnxSummary } from '../fromOnnx/describe';
import { parseSize } from '../fromOnnx/sizes';
import { excerpt, lines, oneLine } from '../language/legible';
import type { OnnxChoice, OnnxFileReading } from '../panel/onnxPanel';
import type { OnnxSite } from '../protocol/onnx';
import { longestMessage } from '../protocol/shapes';
import type { OnnxFiles } from '../reader/readers';
import type { InspectedModel } from '../rewrite/onnxFile';
import { type OnnxWriting, type OnnxWritingOrder, pickActivation } from './onnxWriting';
import { inputSpecs } from './questions';
import { Refusal } from './replacement';
import { WorkspaceSource } from './source';

/** Of a file's metadata, of which exporters write what they like. */
const MOST_METADATA = 50;
const LONGEST_METADATA = 1000;
/** Operators, functions and the like that are told of a file. */
const MOST_NAMES = 10_000;

/** What the editor of ONNX files shows and does. */
export class OnnxFileReader {
  constructor(
    private readonly files: OnnxFiles,
    private readonly writing: OnnxWriting,
  ) {}

  /** Never throws: what goes wrong is a message for the page. */
  async read(file: vscode.Uri, sizes: string | undefined, signal: AbortSignal): Promise<OnnxFileReading> {
    const source = new WorkspaceSource();
    const services: Pick<OnnxFileReading, 'watch' | 'write'> = {
      watch: (tell) => source.watch(tell),
      write: (choice) => this.write(choice, { file, source, ...parseSizes(sizes) }),
    };
    try {
      const request = { file: file.toString(), ...parseSizes(sizes) };
      const { size = 0, summary, model, problem } = await this.files.inspect(request, { source, signal, urgent: true });
      return {
        ...services,
        messages: [
          ...(summary ? [{ type: 'file', summary: shownSummary(summary), size } as const] : []),
          ...(model ? [modelMessage(model)] : []),
          ...(problem ? [problemMessage(problem.message, sizesAskedFor(problem, sizes))] : []),
        ],
        sites: new Map(model?.sites.map(({ id, activation }) => [id, activation])),
        ...(model && sizes !== undefined && { input: formatInputSpecs(model.inputs) }),
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ...services, messages: [problemMessage(message, sizes)], sites: new Map() };
    }
  }

  /** Asks what to write, and where to, and writes it. @throws Refusal why it can't be written */
  private async write(
    { sites = [], activations }: OnnxChoice,
    of: Pick<OnnxWritingOrder, 'file' | 'source' | 'inputs' | 'settings'>,
  ): Promise<{ message: string | null }> {
    if (sites.length === 0) throw new Refusal(vscode.l10n.t('Choose at least one place first.'));
    const activation = await pickActivation(activations);
    if (activation === undefined) return { message: null };
    const message = await this.writing.write({ ...of, sites, activation });
    return { message: message ?? null };
  }
}

/**
 * What a user writes for sizes: `height=224, width=224` by their names, or shapes of the inputs, `1x3x224x224`.
 * @throws Error naming the part that is neither
 */
export function parseSizes(text = ''): { inputs?: readonly InputSpec[]; settings?: readonly Setting[] } {
  if (text.trim() === '') return {};
  const parts = text.split(',');
  const settings = parts.flatMap((part) => parseSize(part) ?? []);
  return settings.length === parts.length ? { settings } : { inputs: inputSpecs(text) };
}

function problemMessage(message: string, sizes: string | undefined) {
  return {
    type: 'unreadable',
    message: lines(message, longestMessage),
    ...(sizes !== undefined && { sizes: oneLine(sizes) }),
  } as const;
}

/** Sizes that may be given: those that the file leaves open, or others in the place of those that were given. */
function sizesAskedFor({ kind, guessed }: ExtractionProblem, sizes: string | undefined): string | undefined {
  return sizes ?? (kind === 'needs-input' ? (guessed ?? '') : undefined);
}

function modelMessage({ sites, hidden, inputs, parameters, notes }: InspectedModel) {
  return {
    type: 'model',
    sites: sites.map(shownSite),
    selected: hidden,
    input: oneLine(formatInputSpecs(inputs)),
    parameters,
    notes: notes.map((note) => lines(note, longestMessage)),
  } as const;
}

function shownSite({ id, activation, parameters, paths, written, unit, kept }: SwapSite): OnnxSite {
  return {
    id,
    activation,
    title: findActivation(activation)?.title ?? activation,
    parameters,
    paths: paths.map((path) => oneLine(path)),
    written: written !== undefined,
    ...(unit !== undefined && { unit }),
    ...(kept !== undefined && { kept }),
  };
}

/** A summary within the bounds of a message, whatever the file says. */
function shownSummary(summary: OnnxSummary): OnnxSummary {
  const name = (text: string) => oneLine(text);
  const names = (all: readonly string[]) => all.slice(0, MOST_NAMES).map(name);
  const values = (all: OnnxSummary['inputs']): OnnxSummary['inputs'] =>
    all.slice(0, MOST_NAMES).map((value) => ({
      name: name(value.name),
      type: value.type,
      ...(value.axes && {
        axes: value.axes.slice(0, 100).map((axis) => (typeof axis === 'string' ? excerpt(axis) : axis)),
      }),
    }));
  return {
    ...summary,
    producer: name(summary.producer),
    producerVersion: name(summary.producerVersion),
    name: name(summary.name),
    opsets: Object.fromEntries(
      Object.entries(summary.opsets)
        .slice(0, MOST_METADATA)
        .map(([domain, version]) => [name(domain), version]),
    ),
    inputs: values(summary.inputs),
    outputs: values(summary.outputs),
    operators: summary.operators.slice(0, MOST_NAMES).map((each) => ({ ...each, operator: name(each.operator) })),
    functions: names(summary.functions),
    external: names(summary.external),
    metadata: Object.fromEntries(
      Object.entries(summary.metadata)
        .slice(0, MOST_METADATA)
        .map(([key, value]) => [name(key), lines(value, LONGEST_METADATA)]),
    ),
  };
}
