import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lacks } from '../../src/torch/names';
import { inRoot } from '../support/paths';

/** What PyTorch has taken away since 1.13: named tensors, vitals, and names that leaked. */
const REMOVED =
  /^torch\.(Sym(Float|Int)Node|align_tensors|attr|candidate|has_(cuda|cudnn|mkldnn|mps)|name|obj|read_vitals|set_vital|vitals_enabled|backends\.(ContextProp|PropModule|disable_global_flags|flags_frozen)|Tensor\.(align_as|align_to|has_names|is_ort|names|refine_names|rename_?))$/;

describe("PyTorch's names, against the installed PyTorch", () => {
  it('are in the table', () => {
    const python = process.env.ACTIVATION_LENS_PYTHON;
    assert.ok(python, 'ACTIVATION_LENS_PYTHON names no Python');
    const folder = mkdtempSync(join(tmpdir(), 'names-'));
    try {
      const file = join(folder, 'names.json');
      execFileSync(python, [inRoot('test', 'parity', 'list_names.py'), file]);
      const { names } = JSON.parse(readFileSync(file, 'utf8')) as { names: Readonly<Record<string, string>> };
      const all = Object.entries(names).flatMap(([namespace, list]) =>
        list.split(' ').map((name) => [namespace, name] as const),
      );
      assert.ok(all.length > 2000, `${all.length} names`);
      const missing = all.filter(([namespace, name]) => lacks(namespace, name)).map((each) => each.join('.'));
      assert.deepEqual(
        missing.filter((name) => !REMOVED.test(name)),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
