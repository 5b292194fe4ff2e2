import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../support/paths';

/** Rooms whose names have not been looked through. */
const notYet = ['src/torch/'];

interface Definition {
  readonly name: string;
  readonly file: string;
  readonly exported: boolean;
}

const sources = ['src', 'webview']
  .flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file).replaceAll('\\', '/'),
    ),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(inRoot(file), 'utf8') }));

/** What a pattern finds at the beginning of lines; its groups are the `export` and the name. */
function definitions(pattern: RegExp): Definition[] {
  return sources.flatMap(({ file, text }) =>
    Array.from(text.matchAll(pattern), ([, exported, name = '']) => ({ name, file, exported: exported !== undefined })),
  );
}

describe('names of types', () => {
  const types = definitions(/^(export )?(?:declare |abstract )*(?:interface|type|class|enum) (\w+)/gm);
  const exported = types.filter((type) => type.exported);

  it('mean one thing each', () => {
    assert.ok(exported.length > 300, `${exported.length} types were found`);
    const names = new Map<string, string[]>();
    for (const { name, file } of exported) names.set(name, [...(names.get(name) ?? []), file]);
    assert.deepEqual(
      [...names].filter(([, files]) => files.length > 1),
      [],
    );
  });

  it('of a file are none that another file exports', () => {
    const names = new Set(exported.map(({ name }) => name));
    const hiding = types.filter(({ name, exported }) => !exported && names.has(name));
    assert.deepEqual(
      hiding.filter(({ file }) => !notYet.some((room) => file.startsWith(room))),
      [],
    );
  });
});
