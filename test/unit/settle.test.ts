import assert from 'node:assert/strict';
import type { Advice } from '../../src/advise/advice';
import { survivingAdvice } from '../../src/editor/settle';

function advice(code: string, line: number): Advice {
  const range = { file: 'm.py', line, column: 0, endLine: line, endColumn: 4 };
  return { code, severity: 'warning', range, message: code, hint: code, related: [], fixes: [] };
}

describe('problems while typing', () => {
  it('go at once, and move with the text', () => {
    assert.deepEqual(survivingAdvice([advice('a', 1), advice('b', 2)], [advice('b', 5)]), [advice('b', 5)]);
  });

  it('wait when they are new', () => {
    assert.deepEqual(survivingAdvice([], [advice('a', 1)]), []);
  });

  it('are counted: a second one of the same kind is new', () => {
    assert.equal(survivingAdvice([advice('a', 1)], [advice('a', 1), advice('a', 9)]).length, 1);
  });
});
