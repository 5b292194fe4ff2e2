import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { decisiveIn } from '../../src/extract/decisive';
import { faultsIn } from '../support/faults';
import { inRoot } from '../support/paths';

const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';
const folder = inRoot('test', 'fixtures', 'faults');

interface Verdict {
  readonly type: string;
  readonly message: string;
  readonly line: number;
}

/**
 * What is the same in every PyTorch and Python: 3.12 says which name was meant, a set prints in any order, PyTorch 1.13 names
 * another layout's `permute`, and tells of a pooling's padding without its dilation. Of a list of signatures the first line counts.
 */
const plain = (message: string): string =>
  message
    .replace(/\n[\s\S]*/, '')
    .replace(/\. Did you mean: '[^']+'\?$/, '')
    .replace(/\{('\w+'(?:, '\w+')*)\}/, (_, items: string) => items.split(', ').sort().join(', '))
    .replace('permute(sparse_coo)', 'permute')
    .replace('half of effective kernel size', 'half of kernel size')
    .replace(/got pad=(\d+),? (?:and )?kernel_size=(\d+)(?: and dilation=1)?$/, 'got pad=$1, kernel_size=$2')
    .trim();

describe('models that PyTorch refuses', () => {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .map((name) => `${folder}/${name}`);
  let judged: Readonly<Record<string, Verdict | null>>;

  before(function () {
    this.timeout(300_000);
    const script = inRoot('test', 'parity', 'judge_faults.py');
    judged = JSON.parse(execFileSync(python, ['-W', 'ignore', script, ...files], { encoding: 'utf8' }));
  });

  for (const file of files)
    it(file.slice(folder.length + 1), async () => {
      const verdict = judged[file];
      const { faults } = await faultsIn(file);
      const [fault] = faults;
      assert.ok(verdict && fault, `PyTorch: ${verdict?.message}; ours: ${fault?.message}`);
      // Where the file does not say what the model is fed with, sizes of a batch and of an image are other ones.
      const words = ({ message }: { readonly message: string }) =>
        fault.basis === 'every-input' ? decisiveIn(plain(message)) : plain(message);
      assert.deepEqual(
        { line: fault.source.line + 1, message: words(fault) },
        { line: verdict.line, message: words(verdict) },
      );
    });
});
