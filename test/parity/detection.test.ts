import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../src/activations/catalogue';
import { detect } from '../../src/detect/detect';
import type { ActivationSite, SiteForm } from '../../src/detect/site';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';

/** The judges: the second one tells what is written in strings and as formulas. */
const scanners = ['scan_activations.py', 'scan_written.py'];
const forms: readonly SiteForm[] = [
  'module',
  'class',
  'function',
  'method',
  'partial',
  'implicit',
  'string',
  'formula',
  'mention',
];

/**
 * Disagreements in which the judge or a matter of taste is the cause, by the end of the file's path, the line's text
 * and the reason. One that no longer occurs fails the test.
 */
const understood: readonly (readonly [file: string, line: string, reason: string])[] = [
  ['torch/nn/modules/activation.py', 'class ReLU6(Hardtanh):', 'the judge knows no activations that a file defines'],
];

function folders(): string[] {
  const code = [
    'import importlib.util',
    'for name in ("torch", "torchvision"):',
    '    print(importlib.util.find_spec(name).submodule_search_locations[0])',
  ].join('\n');
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim().split('\n');
}

/** `file:line:column activation form` */
type Place = string;

async function ours(): Promise<Set<Place>> {
  const found = new Set<Place>();
  for (const folder of folders()) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.py')) continue;
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      for (const { range, activation, form } of await detect(testSyntax(), { file, text, version: 1 }))
        found.add(`${file}:${range.line + 1}:${range.column + 1} ${activation} ${form}`);
    }
  }
  return found;
}

function judged(): Set<Place> {
  const rows = scanners.flatMap((name) => {
    const script = inRoot('test', 'parity', name);
    const output = execFileSync(python, ['-W', 'ignore', script, ...folders()], {
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
    });
    return JSON.parse(output) as [string, number, number, string, string][];
  });
  return new Set(
    rows.map(([file, line, column, activation, form]) => `${file}:${line}:${column} ${activation} ${form}`),
  );
}

const formOf = (place: Place) => place.slice(place.lastIndexOf(' ') + 1);

function lineOf(place: Place): { file: string; text: string } {
  const [, file = '', line = '0'] = /^(.*?):(\d+):/.exec(place) ?? [];
  return { file, text: readFileSync(file, 'utf8').split('\n')[Number(line) - 1]?.trim() ?? '' };
}

it('detection agrees with Python’s own syntax tree on all of torch and torchvision', async () => {
  const [found, expected] = [await ours(), judged()];
  const seen = new Set<string>();
  const isUnderstood = (place: Place) => {
    const { file, text } = lineOf(place);
    const entry = understood.find(([path, line]) => file.endsWith(path) && text === line);
    if (entry) seen.add(JSON.stringify(entry));
    return entry !== undefined;
  };
  const lists: string[] = [];
  for (const form of forms) {
    const [a, b] = [found, expected].map((all) => new Set([...all].filter((place) => formOf(place) === form)));
    const extra = [...(a ?? [])].filter((place) => !b?.has(place) && !isUnderstood(place));
    const missed = [...(b ?? [])].filter((place) => !a?.has(place) && !isUnderstood(place));
    const precision = 1 - extra.length / Math.max(a?.size ?? 0, 1);
    const recall = 1 - missed.length / Math.max(b?.size ?? 0, 1);
    console.log(
      `      ${form.padEnd(9)} ${String(a?.size).padStart(5)} found, ${String(b?.size).padStart(5)} judged: precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`,
    );
    for (const place of extra) lists.push(`only found: ${place}: ${lineOf(place).text}`);
    for (const place of missed) lists.push(`only judged: ${place}: ${lineOf(place).text}`);
  }
  for (const each of lists) console.log(`      ${each}`);
  assert.deepEqual(lists, []);
  assert.deepEqual(
    understood.map((entry) => JSON.stringify(entry)).filter((entry) => !seen.has(entry)),
    [],
    'these disagreements no longer occur',
  );
});

it('every activation module that torchvision’s builders construct comes from a site', async () => {
  const script = inRoot('test', 'parity', 'constructed_activations.py');
  const output = execFileSync(python, ['-W', 'ignore', script], { encoding: 'utf8', maxBuffer: 2 ** 27 });
  const { builders, constructed } = JSON.parse(output) as {
    builders: string[];
    constructed: [name: string, frames: [file: string, line: number][]][];
  };
  assert.ok(builders.length > 60, `${builders.length} builders`);
  const sites = new Map<string, readonly ActivationSite[]>();
  const sitesOf = async (file: string) => {
    const known = sites.get(file);
    if (known) return known;
    const found = await detect(testSyntax(), { file, text: readFileSync(file, 'utf8'), version: 1 });
    sites.set(file, found);
    return found;
  };
  let direct = 0;
  const missing: string[] = [];
  for (const [name, frames] of constructed) {
    const activation = [...catalogue.values()].find(({ spellings }) => spellings.modules?.includes(name))?.id;
    let [isNamed, isHandedOn] = [false, false];
    for (const [file, line] of frames) {
      for (const site of await sitesOf(file)) {
        if (site.activation !== activation) continue;
        // On a line of the call stack, or as a class that is handed down to it.
        isNamed ||= site.range.line < line && line <= site.expression.endLine + 1;
        isHandedOn ||= site.form === 'class' || site.form === 'partial';
      }
    }
    if (isNamed) direct++;
    if (!isNamed && !isHandedOn) missing.push(`${name} ${frames.map(([file, line]) => `${file}:${line}`).join(' ')}`);
  }
  console.log(
    `      ${builders.length} builders, ${constructed.length} constructions: ${direct} named on the way, the rest handed on`,
  );
  assert.deepEqual(missing, []);
});
