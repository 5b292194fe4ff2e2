import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { GraphBuilder } from '../../src/graph/builder';
import { makeBuiltins } from '../../src/python/builtins/index';
import { defaultBudget, Meter } from '../../src/python/natives/budget';
import { NativeFunction } from '../../src/python/natives/native';
import { Interpreter } from '../../src/python/run/interpreter';
import { PyClass, PyModule } from '../../src/python/values/values';
import { torchLibrary } from '../../src/torch/index';
import { inRoot } from '../support/paths';

const nn = 'src/torch/nn';
const functional = 'src/torch/nn/functional';
const ops = 'src/torch/ops';

/** Public names of a namespace as the evaluator has it, without the namespaces below it. */
function namesOf(namespace: string): string[] {
  const meter = new Meter(defaultBudget, () => performance.now(), undefined);
  const ctx = new Interpreter(new GraphBuilder(), meter, [torchLibrary], makeBuiltins(), 'a.py');
  const members = torchLibrary.module(ctx, namespace)?.members ?? [];
  return [...members].flatMap(([name, value]) => (value instanceof PyModule || name.startsWith('_') ? [] : [name]));
}

const filesIn = (folder: string) => readdirSync(inRoot(folder)).filter((name) => name.endsWith('.ts'));
const textOf = (file: string) => readFileSync(inRoot(file), 'utf8');
const says = (text: string, name: string) => new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);

/** Names in the tables that a module exports: rows of layers, functions by their names. */
function namesInTables(module: Readonly<Record<string, unknown>>): string[] {
  return Object.values(module).flatMap((table) => {
    const rows: readonly unknown[] = table instanceof Map ? [...table.keys()] : Array.isArray(table) ? table : [];
    return rows.flatMap((row) => {
      if (typeof row === 'object' && row !== null && 'name' in row && 'forward' in row) return [String(row.name)];
      return table instanceof Map && typeof row === 'string' ? [row] : [];
    });
  });
}

describe('signatures of natives', () => {
  it('can be taken apart, each of them', () => {
    const meter = new Meter(defaultBudget, () => performance.now(), undefined);
    const ctx = new Interpreter(new GraphBuilder(), meter, [torchLibrary], makeBuiltins(), 'a.py');
    const parameters = (member: unknown) => (member instanceof NativeFunction ? [member.parameters] : []);
    const found = [
      'torch',
      'torch.nn',
      'torch.nn.functional',
      'torch.nn.init',
      'torch.fft',
      'torch.linalg',
      'torch.special',
    ]
      .flatMap((name) => [...(torchLibrary.module(ctx, name)?.members.values() ?? [])])
      .flatMap((member) =>
        member instanceof PyClass ? [...member.members.values()].flatMap(parameters) : parameters(member),
      );
    assert.ok(found.length > 1500, `${found.length} functions`);
  });
});

describe('names of PyTorch', () => {
  /** Tables by the file that makes them; `index.ts` only joins them. */
  let tables: (readonly [file: string, names: readonly string[]])[] = [];
  before(async () => {
    const modules = [
      ...filesIn(nn).map(async (name) => [`${nn}/${name}`, await import(`../../src/torch/nn/${name.slice(0, -3)}.ts`)]),
      ...filesIn(functional).map(async (name) => [
        `${functional}/${name}`,
        await import(`../../src/torch/nn/functional/${name.slice(0, -3)}.ts`),
      ]),
      ...filesIn(ops).map(async (name) => [
        `${ops}/${name}`,
        await import(`../../src/torch/ops/${name.slice(0, -3)}.ts`),
      ]),
    ];
    tables = (await Promise.all(modules))
      .filter(([file]) => !file.endsWith('/index.ts'))
      .map(([file, module]) => [file, namesInTables(module)]);
  });

  it('stand in the file that makes them, however it puts them together', () => {
    const missing = tables.flatMap(([file, names]) => {
      const text = textOf(file);
      return names.filter((name) => !says(text, name)).map((name) => `${file}: ${name}`);
    });
    assert.ok(tables.flatMap(([, names]) => names).length > 300);
    assert.deepEqual(missing, []);
  });

  for (const [namespace, least, ...folders] of [
    ['torch.nn', 150, nn],
    ['torch.nn.functional', 100, functional, ops],
    ['torch.nn.init', 15, nn],
    ['torch', 200, ops, 'src/torch', 'src/torch/complex', functional],
  ] as const)
    it(`are found by a search: ${namespace}`, () => {
      const names = namesOf(namespace);
      assert.ok(names.length >= least, `${names.length} names`);
      const places = [...folders, 'src/activations/entries'];
      const texts = places.flatMap((folder) => filesIn(folder).map((name) => textOf(`${folder}/${name}`)));
      assert.deepEqual(
        // "nn.init" has each of its functions by its older name, too, without an underscore; "torch" has methods that
        // write in place as functions.
        names.filter(
          (name) => ![name, `${name}_`, name.replace(/_$/, '')].some((each) => texts.some((text) => says(text, each))),
        ),
        [],
      );
    });
});
