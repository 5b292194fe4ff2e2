import assert from 'node:assert/strict';
import { ConsoleTap, cpuFallbacks, readPlacements } from '../../src/run/placement';

const line = (text: string) =>
  `2026-01-01 00:00:00.000000 [V:onnxruntime:, session_state.cc:1380 VerifyEachNodeIsAssignedToAnEp] ${text}`;

describe('placements', () => {
  it('are read from the log, node by node', () => {
    const placements = readPlacements([
      line('ignored: before the section'),
      line('Node placements'),
      line(' Node(s) placed on [CPUExecutionProvider]. Number of nodes: 3'),
      line('  Round (a/Round)'),
      line('  Round (b/Round)'),
      line('  Sign (added/Sign)'),
      line('  MemcpyToHost (Memcpy)'),
      line(' Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 1'),
      line('  Relu (a/Relu)'),
      'something else',
    ]);
    assert.equal(placements.length, 5);
    assert.deepEqual(placements.at(-1), {
      provider: 'WebGpuExecutionProvider',
      opType: 'Relu',
      node: 'a/Relu',
      count: 1,
    });
    assert.deepEqual(
      cpuFallbacks(placements, (node) => !node.startsWith('added')),
      ['Round ×2'],
    );
  });

  it('are told where they are all the same', () => {
    const all = (provider: string) =>
      readPlacements([line('Node placements'), line(` All nodes placed on [${provider}]. Number of nodes: 7`)]);
    assert.deepEqual(cpuFallbacks(all('WebGpuExecutionProvider')), []);
    assert.deepEqual(cpuFallbacks(all('CPUExecutionProvider')), ['every operator ×7']);
    assert.deepEqual(readPlacements(['nothing of the kind']), []);
  });
});

describe('the console tap', () => {
  it('takes what is printed while it listens, and lets everything else pass', async () => {
    const printed: string[] = [];
    const print = (text: string) => void printed.push(text);
    const target = { log: print, info: print, warn: print, error: print, debug: print };
    const tap = new ConsoleTap(target);
    target.log('before');
    const { result, lines } = await tap.collectDuring(async () => {
      target.error('during');
      return 3;
    });
    target.warn('after');
    await assert.rejects(tap.collectDuring(() => Promise.reject(new Error('no'))));
    target.warn('last');
    assert.deepEqual([result, lines, printed], [3, ['during'], ['before', 'after', 'last']]);
  });
});
