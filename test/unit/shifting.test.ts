import assert from 'node:assert/strict';
import type { Advice } from '../../src/advise/advice';
import { shiftAdvice } from '../../src/editor/shifting';

const file = 'net.py';
const at = (line: number) => ({ file, line, column: 4, endLine: line, endColumn: 9 });
const finding = (line: number, ...related: number[]): Advice => ({
  code: 'no-nonlinearity',
  severity: 'warning',
  range: at(line),
  message: 'message',
  hint: 'hint',
  related: related.map((each) => ({ range: at(each), message: 'related' })),
  fixes: [],
});

const before = ['import torch', '', 'class A:', '    x = 1', '    y = 2', '', 'class B:', '    z = 3', '', 'main()'];

/** The lines of the findings after some lines were replaced. */
function linesAfter(advice: readonly Advice[], from: number, to: number, ...written: string[]) {
  const text = [...before.slice(0, from), ...written, ...before.slice(to)].join('\n');
  const range = { start: { line: from }, end: { line: to } };
  const change = { range, text: written.map((each) => `${each}\n`).join('') };
  return shiftAdvice(advice, file, change, text).map(({ range: { line }, related }) => [
    line,
    ...related.map((each) => each.range.line),
  ]);
}

describe('findings of models while the text changes', () => {
  it('move along with lines that come and go in front of them', () => {
    assert.deepEqual(linesAfter([finding(7, 6)], 1, 1, 'import math', 'import os'), [[9, 8]]);
    assert.deepEqual(linesAfter([finding(7)], 2, 5), [[4]]);
    assert.deepEqual(linesAfter([finding(3)], 9, 10, 'train()'), [[3]]);
  });

  it('go where the class or statement changes that they are about', () => {
    assert.deepEqual(linesAfter([finding(3), finding(7)], 4, 5, '    y = 3'), [[7]]);
    assert.deepEqual(linesAfter([finding(7)], 7, 7, '    w = 3'), []);
    assert.deepEqual(linesAfter([finding(7, 3)], 4, 4, '    w = 3'), []);
    assert.deepEqual(linesAfter([finding(9)], 9, 10, 'train()'), []);
  });
});
