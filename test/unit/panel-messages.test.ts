import assert from 'node:assert/strict';
import * as compare from '../../src/panel/compareMessages';
import * as explain from '../../src/panel/explainMessages';

const source = { file: 'file:///m.py', line: 1, column: 0, endLine: 1, endColumn: 4 };

describe('messages from the pages', () => {
  it('passes the messages of the protocol', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'read', expression: 'Net()', part: 'encoder.0', input: '1x3x32x32' },
      { type: 'reveal', source },
      { type: 'apply', activation: 'gelu', parameters: { approximate: 'tanh' }, sites: ['a'] },
      { type: 'explain', activation: 'gelu' },
      { type: 'report', report: { version: 1, model: {}, candidates: [] } },
    ]) {
      assert.deepEqual(compare.parseMessage(message), message);
    }
    assert.deepEqual(explain.parseMessage({ type: 'reveal', source }), { type: 'reveal', source });
  });

  it('refuses everything else', () => {
    for (const message of [
      undefined,
      null,
      'ready',
      [],
      { type: 'run' },
      { type: 'read', input: 3 },
      { type: 'read', part: ['encoder'] },
      { type: 'reveal', source: { ...source, line: -1 } },
      { type: 'reveal', source: { ...source, file: undefined } },
      { type: 'apply', activation: 'gelu', parameters: { a: {} }, sites: ['a'] },
      { type: 'apply', activation: 'gelu', parameters: {}, sites: 'a' },
      { type: 'report', report: { version: 2, model: {}, candidates: [] } },
      { type: 'weights', choose: 'model.pt' },
    ]) {
      assert.equal(compare.parseMessage(message), undefined, JSON.stringify(message));
      assert.equal(explain.parseMessage(message), undefined, JSON.stringify(message));
    }
  });

  it('drops what the protocol does not name', () => {
    assert.deepEqual(compare.parseMessage({ type: 'ready', extra: 1 }), { type: 'ready' });
  });

  it('restores a panel from its state only where it is whole', () => {
    assert.equal(compare.parseState({ expression: 'Net()' }), undefined);
    assert.deepEqual(compare.parseState({ file: 'file:///m.py', report: {} }), {
      file: 'file:///m.py',
      expression: undefined,
      part: undefined,
      input: undefined,
      weights: undefined,
    });
    assert.equal(compare.parseState({ file: 'file:///m.py', weights: 1 }), undefined);
    assert.equal(explain.parseState({ activation: 'relu' }), undefined);
    assert.deepEqual(explain.parseState({ activation: 'relu', parameters: {} }), {
      activation: 'relu',
      parameters: {},
    });
  });
});
