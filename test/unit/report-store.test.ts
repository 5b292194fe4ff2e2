import assert from 'node:assert/strict';
import { NoRoomError, type ReportFiles, ReportStore } from '../../src/editor/reportStore';
import type { StoredComparison } from '../../src/protocol/stored';
import { detailedReport } from '../support/reports';

/** A folder in memory, whose clock goes on with each file. */
class Folder implements ReportFiles {
  readonly files = new Map<string, { bytes: Uint8Array; written: number }>();
  private clock = 0;

  list = async () => [...this.files].map(([name, { bytes, written }]) => ({ name, size: bytes.length, written }));
  read = async (name: string) => {
    const found = this.files.get(name);
    if (!found) throw new Error(`there is no ${name}`);
    return found.bytes;
  };
  write = async (name: string, bytes: Uint8Array) => {
    this.files.set(name, { bytes, written: ++this.clock });
  };
  remove = async (name: string) => {
    this.files.delete(name);
  };
}

const comparison = (key: string, ids: readonly string[] = ['gelu']): StoredComparison => ({
  ...{ version: 1, key, modelKey: key, label: 'm.py' },
  request: { file: 'file:///m.py', expression: 'Net()' },
  report: detailedReport(ids),
});

describe('kept reports', () => {
  it('are found by their key, numbers that JSON has not included', async () => {
    const store = new ReportStore(new Folder());
    const { report, ...rest } = comparison('0a');
    const odd = { ...rest, report: { ...report, plan: { ...report.plan, budget: Number.POSITIVE_INFINITY } } };
    await store.keep(odd);
    assert.deepEqual(await store.find('0a'), odd);
    assert.equal(await store.find('0b'), undefined);
    const later = comparison('0a', ['silu']);
    await store.keep(later);
    assert.deepEqual((await store.find('0a'))?.report, later.report);
    assert.equal((await store.all()).length, 1);
  });

  it('are few, and small together: the oldest go first', async () => {
    const folder = new Folder();
    const few = new ReportStore(folder, 3);
    for (const key of ['01', '02', '03', '04']) await few.keep(comparison(key));
    assert.deepEqual(
      (await few.all()).map(({ key }) => key),
      ['04', '03', '02'],
    );
    const size = folder.files.get('04.json')?.bytes.length ?? 0;
    const small = new ReportStore(folder, 20, 2.5 * size);
    await small.keep(comparison('05'));
    assert.deepEqual(
      (await small.all()).map(({ key }) => key),
      ['05', '04'],
    );
    await assert.rejects(new ReportStore(folder, 20, size / 2).keep(comparison('06')), NoRoomError);
    assert.deepEqual([...folder.files.keys()], ['04.json', '05.json']);
  });

  it('are counted, and forgotten by their keys', async () => {
    const store = new ReportStore(new Folder());
    await store.keep(comparison('01'));
    await store.keep(comparison('02'));
    await store.remove('01');
    await store.remove('07');
    assert.equal(await store.count(), 1);
    assert.equal(await store.find('01'), undefined);
    assert.ok(await store.find('02'));
  });

  it('are ignored where they are damaged, and leave no folder', async () => {
    const folder = new Folder();
    const store = new ReportStore(folder);
    await store.keep(comparison('01'));
    const whole = new TextDecoder().decode(folder.files.get('01.json')?.bytes);
    const damaged: Record<string, string> = {
      '02.json': whole.slice(0, 100),
      '03.json': whole,
      '04.json': whole.replace('"01"', '"04"').replace('"nodes":', '"gone":'),
      '05.json': whole.replace('"01"', '"05"').replace('"file:///m.py"', '5'),
      '06.txt': whole,
    };
    for (const [name, text] of Object.entries(damaged)) await folder.write(name, new TextEncoder().encode(text));
    assert.deepEqual(
      (await store.all()).map(({ key }) => key),
      ['01'],
    );
    assert.equal(await store.find('02'), undefined);
    await store.keep(comparison('../../07'));
    assert.ok(folder.files.has('07.json'));
  });
});
