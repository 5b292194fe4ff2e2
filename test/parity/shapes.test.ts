import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Extraction, extractModel } from '../../src/extract/extract';
import { varyInputs } from '../../src/extract/varied';
import { varyNumbers } from '../../src/extract/variedNumbers';
import type { TracedPlace } from '../../src/graph/trace';
import type { TensorType } from '../../src/graph/types';
import { lineHints } from '../../src/shapes/lines';
import { modelShapes } from '../../src/shapes/modelShapes';
import type { Dimension, KnownShape, ModelShapes } from '../../src/shapes/types';
import { NodeSource } from '../../src/source/node';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

type Types = readonly (readonly [dtype: string, shape: readonly number[]])[];

/** A line of reference_shapes.py. */
interface ShapeCase {
  readonly file: string;
  readonly expression: string;
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly calls: readonly {
    readonly path: string;
    readonly name: string;
    readonly inputs: Types;
    readonly outputs: Types;
  }[];
  /** Each time that a line assigns or returns tensors, in order. */
  readonly statements: readonly (readonly [line: number, types: Types])[];
}

/** The same with --arguments. */
interface ChangedCase extends ShapeCase {
  /** What is read. */
  readonly base: string;
  /** What other arguments the model has. */
  readonly changed: Readonly<Record<string, number>>;
}

async function shapeCases<C extends ShapeCase>(...args: readonly string[]): Promise<C[]> {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const child = spawn(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_shapes.py'), ...args]);
  let complaint = '';
  child.stderr.on('data', (text) => (complaint += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const cases: C[] = [];
  for await (const line of createInterface({ input: child.stdout })) cases.push(JSON.parse(line) as C);
  assert.equal(await ended, 0, complaint);
  return cases;
}

type Read = Extract<Extraction, { ok: true }> & {
  readonly trace: NonNullable<Extract<Extraction, { ok: true }>['trace']>;
};

const requestOf = ({ file, expression }: ShapeCase) => ({
  syntax: testSyntax(),
  source: new NodeSource(),
  file,
  expression,
  traced: true,
});

async function read(one: ShapeCase, inputs?: readonly (readonly number[])[]): Promise<Read> {
  const given = inputs && { inputs: inputs.map((shape) => ({ shape, dtype: 'float32' as const })) };
  const extraction = await extractModel({ ...requestOf(one), ...given });
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  assert.ok(extraction.trace);
  return extraction as Read;
}

const plain = (types: readonly TensorType[]): Types => types.map(({ dtype, shape }) => [dtype, shape]);

/** What stands at each line, what comes several times in a row once. */
function byLine(statements: readonly (readonly [number, Types])[]): Map<number, string[]> {
  const lines = new Map<number, string[]>();
  for (const [line, types] of statements) {
    const runs = lines.get(line) ?? [];
    const text = JSON.stringify(types);
    if (runs.at(-1) !== text) runs.push(text);
    lines.set(line, runs);
  }
  return lines;
}

const statementsOf = (places: readonly TracedPlace[]): Map<number, string[]> =>
  new Map(
    places
      .filter(({ kind }) => kind === 'statement')
      .map(({ source, runs }) => [source.line, runs.map((run) => JSON.stringify(plain(run)))]),
  );

const sorted = (lines: Map<number, string[]>) => [...lines].sort(([a], [b]) => a - b);

describe('shapes', () => {
  let cases: readonly ShapeCase[] = [];
  before(async function () {
    this.timeout(600_000);
    cases = await shapeCases();
    assert.ok(new Set(cases.map(({ expression }) => expression)).size >= 15);
  });

  it('of every call of a module, and of every line that assigns or returns tensors, are those of PyTorch', async function () {
    this.timeout(600_000);
    let [calls, lines] = [0, 0];
    for (const one of cases) {
      const { graph, trace } = await read(one, [one.shape]);
      // PyTorch's attention computes its last projection without a call of that module.
      const own = trace.calls.filter(({ path }) => !path.endsWith('self_attention.out_proj'));
      const ours = own.map(({ path, name, inputs, outputs }) => ({
        path,
        name,
        inputs: plain(inputs),
        outputs: plain(outputs),
      }));
      assert.deepEqual(ours, one.calls, `${one.expression}, calls`);
      assert.deepEqual(sorted(statementsOf(trace.places)), sorted(byLine(one.statements)), `${one.expression}, lines`);
      const shapes = modelShapes({ ...one, graph, trace }, { open: [], readings: [], tensors: [] });
      assert.equal(shapes.parameters.all, one.parameters, one.expression);
      // No line tells what nothing is known of.
      const known = new Set(trace.places.map(({ source }) => source.endLine));
      for (const hint of lineHints([shapes], one.file, 'all')) {
        assert.doesNotMatch(hint.text, /\?/);
        if (hint.kind === 'shape') assert.ok(known.has(hint.line));
      }
      calls += ours.length;
      lines += trace.places.length;
    }
    console.log(`        ${cases.length} readings, ${calls} calls, ${lines} lines`);
  });

  it('with symbols where the input is a guess are those of PyTorch for another input', async function () {
    this.timeout(600_000);
    let [checked, formulas, unknown] = [0, 0, 0];
    const known = new Map<string, ModelShapes>();
    for (const one of cases) {
      let shapes = known.get(one.expression);
      if (!shapes) {
        const first = await read(one);
        const others = await varyInputs(requestOf(one), first);
        assert.ok(others, one.expression);
        shapes = modelShapes({ ...one, graph: first.graph, trace: first.trace }, others);
        known.set(one.expression, shapes);
      }
      const sizes = sizesIn(shapes, one.shape);
      if (!sizes) continue;
      const expected = byLine(one.statements);
      for (const place of shapes.places) {
        if (place.kind !== 'statement') continue;
        const runs = expected.get(place.source.line)?.map((run) => JSON.parse(run) as Types);
        assert.equal(place.runs.length, runs?.length, `${one.expression}, line ${place.source.line + 1}`);
        for (const [run, tensors] of place.runs.entries())
          for (const [nth, { dimensions }] of tensors.entries())
            for (const [axis, dimension] of dimensions.entries()) {
              const value = sizeOf(dimension, sizes);
              checked += 1;
              if (typeof dimension === 'string') formulas += 1;
              if (value === undefined) unknown += 1;
              // What is no whole number is rounded, one way or the other.
              else {
                const actual = runs?.[run]?.[nth]?.[1][axis];
                const what = `${one.expression}, line ${place.source.line + 1}: ${dimensions.join('×')}, not ${actual}`;
                assert.ok(actual === Math.floor(value) || actual === Math.ceil(value), what);
              }
            }
      }
    }
    console.log(`        ${checked} sizes, ${formulas} of them formulas, ${unknown} unknown`);
    assert.ok(formulas > 1000);
    assert.ok(unknown < checked / 50);
  });

  it('with the names of arguments are those of PyTorch for other arguments', async function () {
    this.timeout(600_000);
    let [named, moved, apart] = [0, 0, 0];
    const told = new Set<string>();
    for (const one of await shapeCases<ChangedCase>('--arguments')) {
      const base = { ...one, expression: one.base };
      const first = await read(base);
      const others = await varyInputs(requestOf(base), first);
      assert.ok(others, one.base);
      const numbers = await varyNumbers(requestOf(base), first, others);
      const shapes = modelShapes({ ...base, graph: first.graph, trace: first.trace }, others, numbers);
      const own = new Map(shapes.names.map(({ name, value }) => [name, value]));
      const sizes = new Map([...own, ...Object.entries(one.changed)]);
      // What the input is called, too.
      for (const [axis, dimension] of (shapes.inputs[0] as KnownShape).dimensions.entries())
        if (typeof dimension === 'string' && /^[A-Z]$/.test(dimension)) sizes.set(dimension, one.shape[axis] as number);
      const expected = byLine(one.statements);
      for (const place of shapes.places) {
        if (place.kind !== 'statement') continue;
        const runs = expected.get(place.source.line)?.map((run) => JSON.parse(run) as Types);
        // What was several times the same need not be so with other arguments.
        if (place.runs.length !== runs?.length) {
          apart += 1;
          continue;
        }
        for (const [run, tensors] of place.runs.entries())
          for (const [nth, { dimensions, sizes: before }] of tensors.entries())
            for (const [axis, dimension] of dimensions.entries()) {
              const names = [...own.keys()].filter((name) =>
                String(dimension)
                  .split(/[()·/+−²]/)
                  .includes(name),
              );
              if (names.length === 0) continue;
              const value = sizeOf(dimension, sizes) ?? Number.NaN;
              const actual = runs[run]?.[nth]?.[1][axis];
              const what = `${one.expression}, line ${place.source.line + 1}: ${dimensions.join('×')}, not ${actual}`;
              assert.ok(actual === Math.floor(value) || actual === Math.ceil(value), what);
              named += 1;
              if (actual !== before[axis]) moved += 1;
              for (const name of names) told.add(`${one.base} ${name}`);
            }
      }
    }
    console.log(
      `        ${named} named sizes, ${moved} of them others, of ${told.size} arguments; ${apart} lines that run otherwise`,
    );
    assert.ok(moved > 150 && told.size >= 25);
  });
});

/** The symbols' values for an input; undefined where the model was read for another one. */
function sizesIn({ inputs: [input] }: ModelShapes, shape: readonly number[]): Map<string, number> | undefined {
  const { dimensions } = input as KnownShape;
  const sizes = new Map<string, number>();
  for (const [axis, dimension] of dimensions.entries()) {
    if (typeof dimension === 'string') sizes.set(dimension, shape[axis] as number);
    else if (dimension !== shape[axis]) return undefined;
  }
  return sizes;
}

/** What a formula comes to; undefined for `?`. */
function sizeOf(dimension: Dimension, sizes: ReadonlyMap<string, number>): number | undefined {
  if (typeof dimension === 'number') return dimension;
  if (dimension === '?') return undefined;
  const names = [...sizes.keys()];
  const text = dimension
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('²', '**2')
    .replace(/(?<![\p{L}\p{N}_])(\d+)(?=[A-Z])/gu, '$1*');
  const compute = new Function(...names, `return ${text}`) as (...values: number[]) => number;
  return compute(...names.map((name) => sizes.get(name) as number));
}
