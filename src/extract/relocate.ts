/** Places in the cells of notebooks, which are read as one text each. */

import type { Fault } from '../graph/fault';
import type { Graph, Note, SourceRange } from '../graph/types';
import { shortName } from '../source/path';
import type { Extraction } from './extract';
import type { ExtractionProblem } from './problems';

/** A cell of a notebook: what stands for it as a file, its first line in the joined text, and how people call its lines. */
export interface CellPlace {
  readonly file: string;
  readonly firstLine: number;
  /** Of a line of the cell, from 1. */
  readonly lineName: (line: number) => string;
}

/** The cell at a line of a file's joined text; undefined where the file is no notebook. */
export type FindCell = (file: string, line: number) => CellPlace | undefined;

/** An extraction whose places are those of cells, lines counted in the cell. */
export function relocate(extraction: Extraction, find: FindCell, files: readonly string[]): Extraction {
  const at = (range: SourceRange): SourceRange => rangeIn(range, find);
  const text = (message: string) => messageIn(message, find, files);
  const note = ({ message, source }: Note): Note => ({ message: text(message), ...(source && { source: at(source) }) });
  const problem = (each: ExtractionProblem): ExtractionProblem => ({ ...each, ...note(each) });
  const fault = extraction.fault && { fault: faultIn(extraction.fault, at) };
  const models = extraction.models.map((model) => ({ ...model, range: at(model.range) }));
  if (!extraction.ok) {
    const others = extraction.others.map(problem);
    return { ...extraction, models, problem: problem(extraction.problem), others, ...fault };
  }
  const { argumentOrigin: origin } = extraction;
  const graph = relocateGraph(extraction.graph, find, files);
  return {
    ...extraction,
    models,
    graph,
    ...fault,
    ...(origin && { argumentOrigin: { ...origin, ...note(origin as Note) } }),
  };
}

function faultIn(fault: Fault, at: (range: SourceRange) => SourceRange): Fault {
  const { layer, call } = fault;
  return {
    ...fault,
    source: at(fault.source),
    operands: fault.operands.map((each) => ({ ...each, ...(each.source && { source: at(each.source) }) })),
    ...(layer && { layer: { ...layer, site: at(layer.site) } }),
    ...(call && { call: { ...call, source: at(call.source) } }),
  };
}

/** A graph whose places are those of cells. */
export function relocateGraph(graph: Graph, find: FindCell, files: readonly string[]): Graph {
  const at = (range: SourceRange): SourceRange => rangeIn(range, find);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    ...(node.source && { source: at(node.source) }),
    ...(node.site && { site: at(node.site) }),
  }));
  const notes = graph.notes.map(({ message, source, misfit }) => ({
    message: messageIn(message, find, files),
    ...(misfit && { misfit }),
    ...(source && { source: at(source) }),
  }));
  const written = graph.written?.map((each) => ({
    ...each,
    ...(each.source && { source: at(each.source) }),
    ...(each.site && { site: at(each.site) }),
  }));
  const modules = graph.modules?.map((each) => ({ ...each, site: at(each.site) }));
  const losses = graph.losses?.map((each) => ({ ...each, source: at(each.source) }));
  const overwrites = graph.overwrites?.map((each) => ({ ...each, ...(each.source && { source: at(each.source) }) }));
  return {
    ...graph,
    ...{ nodes, notes },
    ...(written && { written }),
    ...(modules && { modules }),
    ...(losses && { losses }),
    ...(overwrites && { overwrites }),
  };
}

/** A range of the joined text in its cell; as it is where its file is no notebook. */
export function rangeIn(range: SourceRange, find: FindCell): SourceRange {
  const cell = find(range.file, range.line);
  if (!cell) return range;
  const { file, firstLine } = cell;
  return { ...range, file, line: range.line - firstLine, endLine: range.endLine - firstLine };
}

/** `lab.ipynb:41` in a message as the cell and the line in it. */
function messageIn(message: string, find: FindCell, files: readonly string[]): string {
  let told = message;
  for (const file of files) {
    for (const name of new Set([file, shortName(file)])) {
      told = told.split(`${name}:`).reduce((before, after) => {
        const digits = /^\d+/.exec(after)?.[0];
        const cell = digits === undefined ? undefined : find(file, Number(digits) - 1);
        if (digits === undefined || !cell) return `${before}${name}:${after}`;
        return `${before}${cell.lineName(Number(digits) - cell.firstLine)}${after.slice(digits.length)}`;
      });
    }
  }
  return told;
}
