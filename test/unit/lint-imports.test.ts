import assert from 'node:assert/strict';
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
          "import type { Graph } from '../graph/types';\nimport { relu } from '../activations/relu';",
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

  it('catches a circle, but not one of types', () => {
    const circle = (second: string) =>
      check({ 'src/graph/a.ts': "import { b } from './b';", 'src/graph/b.ts': second });
    assert.match(
      circle("import { a } from './a';").join(),
      /circular import: src\/graph\/a\.ts → src\/graph\/b\.ts → src\/graph\/a\.ts/,
    );
    assert.deepEqual(circle("import type { a } from './a';"), []);
  });
});
