import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../support/paths';

/** Names that still mean two things. Give one of them a name of its own and take it out here; none is to come in. */
const known = new Set([
  'Binding',
  'Comparison',
  'Family',
  'Formula',
  'Interval',
  'Known',
  'Layer',
  'Memory',
  'Mismatch',
  'Parameter',
  'Place',
  'Rule',
  'Scale',
  'Scope',
  'Sink',
  'Source',
]);

/** Every exported type, class and interface of the product, and the files that define one of its name. */
function exportedTypes(): Map<string, string[]> {
  const definitions = new Map<string, string[]>();
  const files = ['src', 'webview'].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(inRoot(file), 'utf8');
    for (const [, name = ''] of text.matchAll(/^export (?:declare |abstract )*(?:interface|type|class|enum) (\w+)/gm))
      definitions.set(name, [...(definitions.get(name) ?? []), file]);
  }
  return definitions;
}

describe('names of types', () => {
  it('mean one thing each', () => {
    const definitions = exportedTypes();
    assert.ok(definitions.size > 300, `${definitions.size} types were found`);
    const shared = [...definitions].filter(([name, files]) => files.length > 1 && !known.has(name));
    assert.deepEqual(shared, []);
  });
});
