import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Language, Parser } from 'web-tree-sitter';
import { readFacts, violations } from '../../scripts/lib/imports.mjs';
import * as table from '../../scripts/lib/rooms.mjs';
import { inRoot } from '../support/paths';

describe('the lint of imports', () => {
  let parser: Parser;

  before(async () => {
    await Parser.init({ locateFile: () => inRoot('node_modules', 'web-tree-sitter', 'web-tree-sitter.wasm') });
    parser = new Parser();
    const grammar = inRoot('node_modules', 'tree-sitter-typescript', 'tree-sitter-typescript.wasm');
    parser.setLanguage(await Language.load(grammar));
  });

  const check = (files: Readonly<Record<string, string>>) =>
    violations(
      new Map(
        Object.entries(files).map(([path, text]) => {
          const tree = parser.parse(text);
          assert.ok(tree);
          return [path, readFacts(tree.rootNode)];
        }),
      ),
      table,
    );

  it('lets pass what the table allows', () => {
    assert.deepEqual(
      check({
        'src/lower/lower.ts':
          "import type { Graph } from '../graph/types';\nimport { relu } from '../activations/entries/relu';",
        'src/editor/hover.ts': "import * as vscode from 'vscode';\nconst { document } = editor; document.uri;",
        'src/source/node.ts': "import { readFile } from 'node:fs/promises';",
        'src/protocol/compare.ts': "import type { Graph } from '../graph/types';",
        'webview/charts/plot.ts': "import * as Plot from '@observablehq/plot';\ndocument.body;",
      }),
      [],
    );
  });

  const cases: readonly [what: string, path: string, text: string, expected: RegExp][] = [
    [
      'a value from another room',
      'src/graph/swap.ts',
      "import { x } from '../activations/x';",
      /swap\.ts:1: src\/graph may not import src\/activations/,
    ],
    [
      'a type from another room',
      'src/graph/swap.ts',
      "\nimport type { X } from '../run/x';",
      /swap\.ts:2: src\/graph may not import src\/run/,
    ],
    ['a re-export', 'src/graph/swap.ts', "export { x } from '../run/x';", /may not import src\/run/],
    [
      'an import as an expression',
      'src/graph/swap.ts',
      "const x = await import('../run/x');",
      /may not import src\/run/,
    ],
    ['an import inside a type', 'src/graph/swap.ts', "let x: import('../run/x').X;", /may not import src\/run/],
    [
      'a value where only types may pass',
      'src/protocol/compare.ts',
      "import { x } from '../graph/x';",
      /may not import src\/graph, but for types/,
    ],
    ['one value among types', 'src/protocol/compare.ts', "import { type A, b } from '../graph/x';", /but for types/],
    [
      'the editor in a pure room',
      'src/detect/python.ts',
      "import type { Uri } from 'vscode';",
      /may not know the editor's API/,
    ],
    ['Node in a pure room', 'src/detect/python.ts', "import { readFileSync } from 'fs';", /may not use Node's fs/],
    ['a page in a pure room', 'src/explain/curve.ts', 'document.createElement("svg");', /may not use `document`/],
    [
      'a package outside of its room',
      'src/explain/curve.ts',
      "import * as Plot from '@observablehq/plot';",
      /webview\/charts only/,
    ],
    ['a file of no room', 'src/helpers/x.ts', '', /belongs to no room/],
  ];
  for (const [what, path, text, expected] of cases)
    it(`catches ${what}`, () => {
      const found = check({ [path]: text });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });

  it('catches a feature that another one imports', () => {
    const hover = 'export function register() {}';
    const user = (path: string, text: string) => check({ 'src/editor/hover.ts': hover, [path]: text });
    assert.deepEqual(user('src/extension.ts', "import * as hover from './editor/hover';"), []);
    assert.deepEqual(user('src/editor/hints.ts', "import { x } from './hover';"), [
      'src/editor/hints.ts:1: ./hover is a feature, which only src/extension.ts may import',
    ]);
  });

  it('catches a circle, but not one of types', () => {
    const circle = (second: string) =>
      check({ 'src/graph/a.ts': "import { b } from './b';", 'src/graph/b.ts': second });
    assert.match(
      circle("import { a } from './a';").join(),
      /circular import: src\/graph\/a\.ts → src\/graph\/b\.ts → src\/graph\/a\.ts/,
    );
    assert.deepEqual(circle("import type { a } from './a';"), []);
  });

  it('has the table that ARCHITECTURE.md shows', () => {
    // Every room may speak, so the map leaves that out; files that are rooms by themselves are none of its rows.
    const named = (names: readonly string[] = []) =>
      names.filter((name) => name !== 'src/language' && !name.endsWith('.ts')).sort();
    const map = readFileSync(inRoot('ARCHITECTURE.md'), 'utf8');
    const rows = [...map.matchAll(/^\| \[?`((?:src\/)?\w+(?:\/\w+)*)\/`(?:\]\([^)]*\))? \|.*\| (.*) \|$/gm)].map(
      ([, room = '', cell = '']) => ({
        room,
        cell,
      }),
    );
    const names = rows.map(({ room }) => room);
    // A room inside of another is its own.
    const core = names.slice(0, names.indexOf('src/protocol')).filter((name) => name.split('/').length === 2);
    const roomsOf = (text = '') => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => `src/${name}`);
    const shown = rows.map(({ room, cell }) => {
      const [values = '', types] = cell.split('types of ');
      const imports = [...(values.startsWith('the core') ? core : []), ...roomsOf(values)];
      return [room, { imports: named(imports), types: named(roomsOf(types)) }];
    });
    const rooms: Readonly<Record<string, { imports: readonly string[]; types?: readonly string[] }>> = table.rooms;
    const held = Object.entries(rooms)
      .filter(([room]) => !room.endsWith('.ts'))
      .map(([room, { imports, types }]) => [room, { imports: named(imports), types: named(types) }]);
    assert.deepEqual(Object.fromEntries(shown), Object.fromEntries(held));
  });
});
