import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { printReport } from '../../src/cli/reportTables';
import { measures, scores } from '../../src/compare/measures/index';
import { mergeReports } from '../../src/compare/merge';
import { rank, rankMeasures } from '../../src/compare/rank';
import type { Report } from '../../src/compare/report';
import { layerMeasures, pairLayers, scorePoints } from '../../webview/charts/calculations';
import { rowsOf } from '../../webview/compare/rows';
import { fromSaved } from '../../webview/compare/state';
import { inRoot } from '../support/paths';

/** Written by `compare --json` at e15bd6f, before measures were objects, and what the terminal prints of it. */
const folder = inRoot('test', 'fixtures', 'reports');
const saved = JSON.parse(readFileSync(`${folder}/version-1.json`, 'utf8')) as Report;
const printed = readFileSync(`${folder}/version-1.txt`, 'utf8');

const layerNumbersThen = [
  'mean',
  'deviation',
  'zeros',
  'saturated',
  'dead',
  'norm',
  'silent',
  'snrTensor',
  'snrChannel',
  'outliers',
] as const;

describe('a report that an older version saved', () => {
  it('prints as it did, its few samples without intervals', () =>
    assert.equal(`${printReport(saved, 'drift').join('\n')}\n`, printed));

  it('opens in the panel with everything that it holds', () => {
    const state = fromSaved({ version: 1, file: 'file:///workspace/samples/mlp.py', report: saved, sort: 'drift' });
    assert.deepEqual(state.report, saved);
    assert.equal(state.sort, 'drift');
    assert.deepEqual(
      rowsOf(saved, 'drift', false).map(({ candidate }) => candidate.id),
      ['baseline', 'prelu', 'gelu'],
    );
    const [baseline, prelu] = saved.candidates;
    assert.ok(baseline && prelu);
    for (const measure of layerNumbersThen) assert.equal(pairLayers(baseline, prelu, measure).length, 3, measure);
  });

  it('is sorted and ranked by every score that it has, and by no other', () => {
    const held = new Set(saved.candidates.flatMap((candidate) => Object.keys(candidate.scores ?? {})));
    assert.equal(held.size, 14);
    for (const score of scores) {
      assert.equal(scorePoints(saved, score).length > 0, held.has(score), score);
      assert.equal(rank(saved, score).length > 0, held.has(score), score);
    }
    for (const order of ['latency', 'step', 'parameters', 'memory'] as const)
      assert.equal(rank(saved, order).length, 3, order);
  });

  it('takes up what is measured later', () => {
    const merged = mergeReports(saved, { ...saved, candidates: saved.candidates.map((each) => ({ ...each })) });
    assert.deepEqual(merged, saved);
  });
});

describe('the list of measures', () => {
  it('names every score and every number of layers once', () => {
    assert.deepEqual(
      measures.flatMap((measure) => Object.keys(measure.scores)),
      scores,
    );
    assert.deepEqual(
      measures.flatMap(({ layers }) => Object.keys(layers?.drawn ?? {})),
      layerMeasures,
    );
    assert.equal(new Set(rankMeasures).size, rankMeasures.length);
  });
});
