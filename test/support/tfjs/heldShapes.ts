/** Holds what is told of a file's lines against what the real library says of its layers. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as layers from '@tensorflow/tfjs-layers';
import { projectCallers } from '../../../src/cli/callers';
import type { TracedModule } from '../../../src/graph/trace';
import type { ReadResult } from '../../../src/reader/messages';
import { type LineChoice, lineHints } from '../../../src/shapes/lines';
import type { KnownShape } from '../../../src/shapes/types';
import { NodeSource } from '../../../src/source/node';
import { testReader } from '../reader';
import { fixture, makeInLibrary, type SourceCase } from './sources';

const callers = projectCallers();

export interface HeldShapes {
  /** Layers of which shapes or parameters were told. */
  readonly layers: number;
  readonly hints: number;
}

/** What is told of a file, in the thread that hosts use. */
export function readShapes(file: string, asked?: string): Promise<ReadResult> {
  const request = { file, shapes: true, ...(asked !== undefined && { expression: asked }) };
  return testReader().read(request, { source: new NodeSource(), callers });
}

/** Each line of a text that has a hint: its code without the indentation, and the hint. */
export function hintsIn(
  { shapes }: Pick<ReadResult, 'shapes'>,
  file: string,
  text: string,
  choice: LineChoice = 'all',
): Record<string, string> {
  const lines = text.split('\n');
  const hints = lineHints(shapes ? [shapes] : [], file, choice);
  return Object.fromEntries(hints.map((hint) => [lines[hint.line]?.trim() ?? '', hint.text]));
}

/** @throws AssertionError where a shape or a count that is told is not the library's */
export async function holdShapes(one: SourceCase): Promise<HeldShapes> {
  const file = fixture(one.file);
  const { extraction, shapes } = await readShapes(file, one.asked);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  assert.ok(shapes);
  const text = await readFile(file, 'utf8');
  const hints = Object.values(hintsIn({ shapes }, file, text));
  for (const hint of hints) assert.doesNotMatch(hint, /\?|NaN|undefined/);
  const target: unknown = await makeInLibrary(
    file,
    one.written ?? extraction.expression,
    one.page && fixture(one.page),
  );
  if (!(target instanceof layers.LayersModel)) return { layers: 0, hints: hints.length };
  assert.equal(shapes.parameters.all, target.countParams());
  const made = (extraction.graph.modules ?? []).filter(({ path }) => !path.includes('/'));
  const wanted = target.layers.filter((layer) => layer.getClassName() !== 'InputLayer').slice(one.loaded ?? 0);
  assert.equal(made.length, wanted.length);
  const held = new Set<string>();
  for (const [index, { path }] of made.entries()) {
    const layer = wanted[index];
    assert.ok(layer);
    const placed: TracedModule | undefined = shapes.modules.find((each) => each.path === path);
    if (placed) {
      assert.equal(placed.name, layer.getClassName());
      assert.equal(placed.parameters, layer.countParams(), path);
      held.add(path);
    }
    const wantedShapes = layer.inboundNodes.map(({ outputShapes }) => outputShapes);
    for (const { outputs } of shapes.calls.filter((each) => each.path === path)) {
      const isThere = wantedShapes.some(
        (each) => each.length === outputs.length && outputs.every((output, index) => isSame(output, each[index])),
      );
      assert.ok(isThere, `${path}: ${JSON.stringify(outputs)}, ${JSON.stringify(wantedShapes)}`);
      held.add(path);
    }
  }
  return { layers: held.size, hints: hints.length };
}

/** Whether a shape is what the library says, whose open batch is a symbol. It leaves sizes open that are always the same. */
function isSame({ dimensions }: KnownShape, shape: unknown): boolean {
  if (!Array.isArray(shape) || shape.length !== dimensions.length) return false;
  return dimensions.every((each, axis) => {
    const size: unknown = shape[axis];
    return size === null ? axis > 0 || each === 'B' : each === size;
  });
}
