import assert from 'node:assert/strict';
import type { Source } from '../../src/source/source';
import { readModules } from '../../src/tfjs/modules';
import { isTensorFlow, parseJson } from '../../src/tfjs/specifiers';
import { testSyntax } from '../support/syntax';

/** Files by their paths below `/project/`. */
function sourceOf(files: Readonly<Record<string, string>>): Source & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    read: async (file) => {
      reads.push(file);
      const text = files[file.replace(/^\/project\//, '')];
      return text === undefined ? undefined : { file, text, version: 1 };
    },
    resolve: async () => undefined,
  };
}

async function modulesOf(files: Readonly<Record<string, string>>, entry = Object.keys(files)[0] ?? '') {
  const source = sourceOf({ 'package.json': '{"name": "own"}', ...files });
  const modules = await readModules(`/project/${entry}`, { syntax: testSyntax(), source });
  return { modules, source };
}

/** What the entry's imports lead to. */
async function found(files: Readonly<Record<string, string>>, entry?: string) {
  const [first] = (await modulesOf(files, entry)).modules;
  return Object.fromEntries(
    Array.from(first?.dependencies ?? [], ([specifier, each]) => [
      specifier,
      each.kind === 'module'
        ? each.file.replace('/project/', '')
        : each.kind === 'tensorflow'
          ? 'tf'
          : `? ${each.reason}`,
    ]),
  );
}

const importing = (...specifiers: string[]) =>
  specifiers.map((each, index) => `import * as m${index} from '${each}'; m${index}();`).join('\n');

describe('modules of a TensorFlow.js model', () => {
  it('relative imports, whatever of the path is left out', async () => {
    const files = {
      'src/a.ts': importing(
        './b',
        './c.js',
        './d/',
        './e',
        './f.json',
        '../g',
        './h.mjs',
        './none',
        './style.css',
        './i.model',
        './raw.ts?raw',
        '../../../etc/passwd',
      ),
      'src/b.tsx': '',
      'src/c.ts': '',
      'src/c.js': '',
      'src/d/index.ts': '',
      'src/e/index.js': '',
      'src/f.json': '{}',
      'g.js': '',
      'src/h.mts': '',
      'src/i.model.ts': '',
      'src/raw.ts': '',
    };
    assert.deepEqual(await found(files), {
      './b': 'src/b.tsx',
      './c.js': 'src/c.ts',
      './d/': 'src/d/index.ts',
      './e': 'src/e/index.js',
      './f.json': 'src/f.json',
      '../g': 'g.js',
      './h.mjs': 'src/h.mts',
      './none': '? import ./none',
      './style.css': '? import ./style.css',
      './i.model': 'src/i.model.ts',
      './raw.ts?raw': 'src/raw.ts',
      '../../../etc/passwd': '? import ../../../etc/passwd',
    });
  });

  it('require, import(), import =, export from', async () => {
    const text =
      "const a = require('./a'); const b = import('./b'); import c = require('./c'); export * from './d'; export { x } from './e'; import './f'; import type { T } from './t'; import { U } from './u'; let v: U;";
    const files = {
      'm.ts': text,
      'a.js': '',
      'b.js': '',
      'c.js': '',
      'd.js': '',
      'e.js': '',
      'f.js': '',
      't.ts': '',
      'u.ts': '',
    };
    assert.deepEqual(Object.keys(await found(files)).sort(), ['./a', './b', './c', './d', './e', './f']);
  });

  it('paths and baseUrl of tsconfig.json, extended and referenced', async () => {
    const files = {
      'app/src/a.ts': importing('@lib/x', '@exact', 'src/b', 'deep/y', 'papaparse'),
      'app/tsconfig.json': '{ // comment\n "extends": "../base", "compilerOptions": { "baseUrl": "." }, }',
      'base.json':
        '{"compilerOptions": {"paths": {"@lib/*": ["./lib/*", "./other/*"], "@exact": ["app/src/b.ts"], "deep/*": ["nowhere/*", "lib/deep/*"]}}}',
      'other/x.ts': '',
      'app/src/b.ts': '',
      'lib/deep/y/index.ts': '',
    };
    assert.deepEqual(
      await found({ ...files, 'app/tsconfig.json': files['app/tsconfig.json'].replace('../base', '../base.json') }),
      {
        '@lib/x': 'other/x.ts',
        '@exact': 'app/src/b.ts',
        'src/b': 'app/src/b.ts',
        'deep/y': 'lib/deep/y/index.ts',
        papaparse: '? import papaparse',
      },
    );
    const referenced = {
      'src/a.ts': importing('@/x'),
      'tsconfig.json': '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
      'tsconfig.app.json': '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
      'src/x.ts': '',
    };
    assert.deepEqual(await found(referenced), { '@/x': 'src/x.ts' });
  });

  it('packages of the workspace by name, from their built files to their source', async () => {
    const files = {
      'packages/app/a.ts': importing('@s/model', '@s/model/layers', '@s/core', 'own', 'linked', '@s/gone', '#inner/x'),
      'packages/app/package.json':
        '{"name": "app", "dependencies": {"linked": "file:../../vendor/l"}, "imports": {"#inner/*": "./in/*.ts"}}',
      'packages/app/in/x.ts': '',
      'package.json': '{"name": "own", "workspaces": ["packages/*"], "main": "dist/main.js"}',
      'src/main.ts': '',
      'packages/model/package.json':
        '{"name": "@s/model", "exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/index.mjs"}, "./layers": "./dist/layers.js"}}',
      'packages/model/src/index.ts': '',
      'packages/model/src/layers.ts': '',
      'packages/s-core/package.json': '{"name": "@s/core", "main": "lib/start.js"}',
      'packages/s-core/lib/start.js': '',
      'vendor/l/package.json': '{"name": "linked"}',
      'vendor/l/index.js': '',
    };
    assert.deepEqual(await found(files), {
      '@s/model': 'packages/model/src/index.ts',
      '@s/model/layers': 'packages/model/src/layers.ts',
      '@s/core': 'packages/s-core/lib/start.js',
      own: 'src/main.ts',
      linked: 'vendor/l/index.js',
      '@s/gone': '? import @s/gone',
      '#inner/x': 'packages/app/in/x.ts',
    });
  });

  it("bundlers' aliases where no configuration names them", async () => {
    assert.deepEqual(
      await found({
        'src/a.ts': importing('@/b', '$lib/c', '~/d'),
        'src/b.ts': '',
        'src/lib/c.ts': '',
        'src/d.js': '',
      }),
      {
        '@/b': 'src/b.ts',
        '$lib/c': 'src/lib/c.ts',
        '~/d': 'src/d.js',
      },
    );
  });

  it('every spelling of TensorFlow.js', () => {
    const all = [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
      '@tensorflow/tfjs-node',
      '@tensorflow/tfjs-node-gpu',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-core/dist/tensor',
      '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops',
      'npm:@tensorflow/tfjs@4',
      'https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/+esm',
      'https://esm.sh/@tensorflow/tfjs@4.22.0',
      'https://unpkg.com/@tensorflow/tfjs@latest/dist/tf.esm.js',
    ];
    assert.deepEqual(
      all.filter((each) => !isTensorFlow(each)),
      [],
    );
    const none = [
      '@tensorflow/tfjs-vis',
      '@tensorflow/tfjs-data',
      '@tensorflow-models/mobilenet',
      'tensorflow',
      './tfjs',
      '@tensorflow/tfjs-tflite',
    ];
    assert.deepEqual(none.filter(isTensorFlow), []);
  });

  it('follows imports of imports, circles included, each file once', async () => {
    const { modules, source } = await modulesOf({
      'a.ts': importing('./b', './c'),
      'b.ts': importing('./c', './a'),
      'c.ts': importing('./b', './d.json'),
      'd.json': '{"units": 3}',
    });
    assert.deepEqual(
      modules.map(({ file }) => file),
      ['a.ts', 'b.ts', 'c.ts', 'd.json'].map((each) => `/project/${each}`),
    );
    assert.equal(source.reads.length, new Set(source.reads).size);
    const json = modules.at(-1);
    const module = { exports: {} };
    new Function('module', `return ${json?.code}`)(module).call({}, {}, module.exports, module);
    assert.deepEqual(module.exports, { units: 3 });
  });

  it('stops at its limits, and says so', async () => {
    const files = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`m${i}.ts`, importing(`./m${i + 1}`)]));
    const source = sourceOf({ 'package.json': '{}', ...files });
    for (const limits of [
      { modules: 4, characters: 1e6, depth: 99 },
      { modules: 99, characters: 1e6, depth: 3 },
      { modules: 99, characters: 100, depth: 99 },
    ]) {
      const modules = await readModules('/project/m0.ts', { syntax: testSyntax(), source, limits });
      assert.ok(modules.length <= 4 && modules.length > 1);
      const last = [...(modules.at(-1)?.dependencies.values() ?? [])][0];
      assert.match(last?.kind === 'unknown' ? last.reason : '', /too many modules/);
    }
    const data = await found({
      'a.ts': importing('./data', './bad.json'),
      'data.js': `x = "${'a'.repeat(1_000_001)}"`,
      'bad.json': '{',
    });
    assert.deepEqual(data, { './data': '? import ./data (too long)', './bad.json': '? import ./bad.json (not JSON)' });
  });

  it('URIs and the paths of Windows', async () => {
    const read = (name: string): Source => ({
      read: async (file) =>
        file === name
          ? { file, text: '', version: 1 }
          : /package\.json$/.test(file)
            ? { file, text: '{}', version: 1 }
            : undefined,
      resolve: async () => undefined,
    });
    for (const [entry, other] of [
      ['file:///c%3A/p/src/a.ts', 'file:///c%3A/p/b.ts'],
      ['C:\\p\\src\\a.ts', 'C:\\p\\b.ts'],
      ['vscode-vfs://github/o/r/src/a.ts', 'vscode-vfs://github/o/r/b.ts'],
    ] as const) {
      const source = read(other);
      const text = { file: entry, text: importing('../b'), version: 1 };
      const both: Source = { ...source, read: (file) => (file === entry ? Promise.resolve(text) : source.read(file)) };
      const modules = await readModules(entry, { syntax: testSyntax(), source: both });
      assert.deepEqual(
        modules.map(({ file }) => file),
        [entry, other],
      );
    }
  });

  it('JSON with comments', () => {
    assert.deepEqual(parseJson('{ // a\n "b": "// c /* d */", /* e */ "f": [1, 2,], "g\\"": ",}", }'), {
      b: '// c /* d */',
      f: [1, 2],
      'g"': ',}',
    });
    assert.equal(parseJson('{'), undefined);
  });
});
