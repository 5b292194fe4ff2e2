import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCases } from '../support/modelCases';
import { relativeError } from '../support/ops';
import { inRoot } from '../support/paths';

it('PyTorch still says of each model what test/fixtures/models.json holds', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'models-'));
  try {
    const file = join(folder, 'models.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, [inRoot('test', 'parity', 'reference_models.py'), file]);
    const fresh = modelCases(file);
    const kept = modelCases();
    const facts = (cases: typeof kept) =>
      cases.map(({ outputs, ...rest }) => ({ ...rest, shapes: outputs.map(({ shape, step }) => [shape, step]) }));
    assert.deepEqual(facts(fresh), facts(kept));
    for (const [i, one] of fresh.entries()) {
      for (const [at, { data }] of one.outputs.entries()) {
        const error = relativeError(data, kept[i]?.outputs[at]?.data ?? []);
        assert.ok(error <= 1e-5, `${one.file}: ${one.expression}, output ${at}: relative error ${error}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The numbers of a document, and the document without them. */
function readNumbers(text: string): { readonly numbers: number[]; readonly others: unknown } {
  const numbers: number[] = [];
  const others: unknown = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'number') return value;
    numbers.push(value);
    return 0;
  });
  return { numbers, others };
}

it('PyTorch still trains as test/fixtures/training/expected.json holds', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'training-'));
  try {
    const file = join(folder, 'expected.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_training.py'), file]);
    const kept = readFileSync(inRoot('test', 'fixtures', 'training', 'expected.json'), 'utf8');
    // Processors round their sums each in its own order.
    const [now, then] = [readNumbers(readFileSync(file, 'utf8')), readNumbers(kept)];
    assert.deepEqual(now.others, then.others);
    const error = relativeError(now.numbers, then.numbers);
    assert.ok(error <= 1e-5, `relative error ${error}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('PyTorch still says of signal, gradient and 8 bits what test/fixtures/measures.json holds', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'measures-'));
  try {
    const file = join(folder, 'measures.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_measures.py'), file]);
    const numbers = (path: string) =>
      (
        JSON.parse(readFileSync(path, 'utf8')) as {
          layers: { norm: number; deviation: number }[];
          snrChannelLayers: number[];
        }[]
      ).map(({ layers, snrChannelLayers }) => [
        ...layers.flatMap(({ norm, deviation }) => [norm, deviation]),
        ...snrChannelLayers,
      ]);
    const kept = numbers(inRoot('test', 'fixtures', 'measures.json'));
    for (const [i, fresh] of numbers(file).entries()) {
      const error = relativeError(fresh, kept[i] ?? []);
      assert.ok(error <= 5e-3, `case ${i}: relative error ${error}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('PyTorch still says of models with a mistake what test/fixtures/prices/expected.json holds', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'prices-'));
  try {
    const file = join(folder, 'expected.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_prices.py'), file]);
    const [now, then] = [file, inRoot('test', 'fixtures', 'prices', 'expected.json')].map((path) =>
      readNumbers(readFileSync(path, 'utf8')),
    );
    assert.deepEqual(now?.others, then?.others);
    const error = relativeError(now?.numbers ?? [], then?.numbers ?? []);
    assert.ok(error <= 1e-6, `relative error ${error}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('PyTorch still takes the steps that test/fixtures/training/steps.json holds', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'steps-'));
  try {
    const file = join(folder, 'steps.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_steps.py'), file]);
    const losses = (path: string) =>
      (JSON.parse(readFileSync(path, 'utf8')) as { losses: number[] }[]).map((each) => each.losses);
    const kept = losses(inRoot('test', 'fixtures', 'training', 'steps.json'));
    for (const [i, fresh] of losses(file).entries()) {
      const error = relativeError(fresh, kept[i] ?? []);
      assert.ok(error <= 1e-6, `case ${i}: relative error ${error}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
