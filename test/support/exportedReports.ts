/** Models read from files, and reports of them as a comparison would give. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type ActivationId, defaultParameters, entryOf } from '../../src/activations/catalogue';
import type { Report } from '../../src/compare/report';
import { hiddenSites, swapSites } from '../../src/compare/sites';
import type { ScriptModel } from '../../src/exports/script/script';
import { extractModel } from '../../src/extract/extract';
import { reportOf } from './reports';
import { testSyntax } from './syntax';

/** A model of a text that stands alone, as a script is made of it. */
export async function readModelText(text: string, file: string, expression?: string): Promise<ScriptModel> {
  const source = {
    read: async (name: string) => (name === file ? { file, text, version: 1 } : undefined),
    resolve: async () => undefined,
  };
  const found = await extractModel({
    syntax: testSyntax(),
    source,
    file,
    ...(expression !== undefined && { expression }),
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return { graph: found.graph, expression: found.expression, path: file };
}

export const readModelFile = (file: string, expression?: string): Promise<ScriptModel> =>
  readModelText(readFileSync(file, 'utf8'), file, expression);

/** A report on a model's hidden activations, with invented numbers. */
export function reportOn(
  { graph, path }: ScriptModel,
  candidates: readonly ActivationId[],
  chosen?: readonly string[],
): Report {
  const report = reportOf([], true);
  const sites = swapSites(graph);
  const ids = new Set(chosen ?? hiddenSites(graph, sites));
  return {
    ...report,
    model: { ...report.model, name: graph.name, file: path, notes: [] },
    plan: { ...report.plan, sites: sites.filter(({ id }) => ids.has(id)) },
    candidates: [
      ...report.candidates,
      ...candidates.map((id) => ({
        id,
        title: entryOf(id).title,
        parameters: defaultParameters(entryOf(id)),
        addedParameters: 0,
      })),
    ],
  };
}
