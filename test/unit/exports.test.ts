import assert from 'node:assert/strict';
import { parse } from 'papaparse';
import type { Report } from '../../src/compare/report';
import { writeBeside } from '../../src/exports/beside';
import { csvOf } from '../../src/exports/csv';
import { ExportError } from '../../src/exports/exportError';
import { markdownOf } from '../../src/exports/markdown';
import { literalOf } from '../../src/exports/script/literal';
import { pathFrom } from '../../src/exports/script/path';
import { scriptOf } from '../../src/exports/script/script';
import { speak } from '../../src/language/say';
import { speakIn } from '../../src/language/speakIn';
import { readModelFile, readModelText, reportOn } from '../support/exportedReports';
import { inRoot } from '../support/paths';
import { detailedReport, reportOf } from '../support/reports';

const rowsOf = (report: Report) => {
  const { data, errors } = parse<Record<string, string>>(csvOf(report), { header: true, skipEmptyLines: true });
  assert.deepEqual(errors, []);
  return data;
};

describe('a report as CSV', () => {
  it('has a row for each candidate and measure', () => {
    const report = detailedReport(['gelu', 'prelu']);
    const rows = rowsOf(report);
    assert.deepEqual([...new Set(rows.map(({ candidate }) => candidate))], ['baseline', 'gelu', 'prelu']);
    const latency = rows.find(({ candidate, measure }) => candidate === 'gelu' && measure === 'latency');
    assert.deepEqual(
      [latency?.unit, latency?.value, latency?.scale, latency?.against_baseline, latency?.differs, latency?.samples],
      ['ms', String(4.25 * 1.21), 'ratio', '1.21', 'true', `${4.2 * 1.21} ${4.3 * 1.21}`],
    );
    const loss = rows.find(({ candidate, measure }) => candidate === 'gelu' && measure === 'heldLoss');
    const found = report.candidates[1]?.scores?.heldLoss;
    assert.equal(loss?.against_high, String(found?.against?.high));
    assert.equal(loss?.samples?.split(' ').length, found?.samples.length);
    // The baseline stands against nothing.
    assert.ok(rows.every(({ candidate, differs }) => candidate !== 'baseline' || differs === ''));
    assert.equal(
      rows.find(({ candidate, measure }) => candidate === 'prelu' && measure === 'parameters')?.value,
      '480',
    );
    assert.match(csvOf(report), /^candidate,.*\r\n/);
  });

  it('tells why a candidate has no numbers', () => {
    const rows = rowsOf(reportOf(['gelu', 'silu'], false, ['silu']));
    const own = rows.filter(({ candidate }) => candidate === 'silu');
    assert.deepEqual(
      own.map(({ measure, note }) => [measure, note]),
      [
        ['parameters', ''],
        ['error', 'The device was lost while this candidate ran.'],
      ],
    );
  });

  it('runs nothing in a spreadsheet, and keeps what is quoted', () => {
    const report = reportOf(['gelu'], true);
    const [baseline, gelu] = report.candidates;
    assert.ok(baseline && gelu);
    for (const [title, written] of [
      ['=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['\t=1', "'\t=1"],
      ['a, "b"\nc', 'a, "b"\nc'],
    ] as const) {
      const rows = rowsOf({ ...report, candidates: [baseline, { ...gelu, title }] });
      assert.equal(rows.at(-1)?.title, written);
    }
    // A number keeps its sign.
    const drifting = rowsOf(detailedReport(['gelu'])).filter(({ against_low: low }) => low?.startsWith('-'));
    assert.ok(drifting.length > 0);
  });
});

describe('a report as Markdown', () => {
  it('is a table of the measures that decide', () => {
    const text = markdownOf(detailedReport(['gelu', 'prelu']));
    const table = text.split('\n').filter((line) => line.startsWith('|'));
    assert.equal(table.length, 5);
    assert.equal(new Set(table.map((line) => line.split(/(?<!\\)\|/).length)).size, 1);
    assert.match(table[0] ?? '', /activation \| held\\?-out loss \| .*forward pass/);
    assert.match(table[3] ?? '', /^\| GELU \| .* 5\.14 ms, ×1\.21 \(1\.15…1\.27\) ≠ /);
    const [, other] = detailedReport(['gelu']).candidates;
    assert.ok(other);
    const set = {
      ...reportOf([], true),
      candidates: [other, { ...other, id: 'elu', title: 'ELU', parameters: { alpha: 0.5 } }],
    };
    assert.match(markdownOf(set), /^\| ELU \(alpha=0\.5\) \|/m);
    assert.match(text, /CifarCNN.*`cifar_cnn.py`/);
    assert.match(text, /swiftshader \(google\), a software adapter/);
    assert.match(text, /- Learning\\: shapes, 60 steps of 16 samples, 3 seeds/);
  });

  it('lays two reports beside each other: what differs for sure, never times', () => {
    const before = detailedReport(['gelu']);
    const [own] = before.candidates;
    assert.ok(own?.latency && own.scores?.dead);
    const lower = { ...own.scores.dead, median: 0.001, low: 0.0005, high: 0.002, enough: true };
    const latency = { ...own.latency, median: 400, samples: own.latency.samples.map((each) => 100 * each) };
    const candidates = [{ ...own, latency, scores: { ...own.scores, dead: lower } }, ...before.candidates.slice(1)];
    const after = { ...before, complete: false, candidates };
    const named = { name: 'main', report: before };
    const text = writeBeside(named, { name: 'wide | branch', report: after });
    const row = (head: string) => text.split('\n').find((line) => line.startsWith(`| ${head}`)) ?? '';
    assert.match(row('dead units'), /≠ \|$/);
    assert.match(row('forward pass'), /\| 400 ms \|$/);
    assert.doesNotMatch(row('forward pass') + row('gradient'), /≠/);
    assert.match(text, /two runs.*none is claimed to differ/);
    assert.match(text, /wide \\\| branch did not come to its end/);
    assert.equal(row('added'), '');
    const other = { ...after, environment: { ...after.environment, backend: 'wasm' as const } };
    assert.match(writeBeside(named, { name: 'b', report: other }), /different devices/);
  });

  it('makes no markup of what is written in a file', () => {
    const report = reportOf(['gelu'], true);
    const name = '<img src=x> | [a](command:b) `c` **d**';
    const text = markdownOf({ ...report, model: { ...report.model, name, file: '/tmp/`x`|.py', notes: [name] } });
    assert.doesNotMatch(text, /(?<!\\)<img|(?<!\\)\[a\]|[^\\]\*\*d/);
    const note = text.trim().split('\n').at(-1) ?? '';
    assert.match(note, /^- \\<img/);
  });

  it('speaks the language of the editor', () => {
    speakIn('zh-cn');
    try {
      assert.match(markdownOf(detailedReport(['gelu'])), /激活函数.*留出损失/);
    } finally {
      speak({});
    }
  });
});

describe('a report as a script', () => {
  it('holds what it is made of as literals', () => {
    assert.equal(literalOf('a"\\\n\u202e😀é'), '"a\\"\\\\\\x0a\\u202e\\U0001f600\\xe9"');
    assert.equal(literalOf([1, 0.5, true, null, Number.POSITIVE_INFINITY]), '[1, 0.5, True, None, float("inf")]');
    assert.equal(literalOf({ a: [{}] }), '{"a": [{}]}');
  });

  it('finds the file of the model from its own folder', () => {
    assert.equal(pathFrom('/work/out', '/work/models/net.py'), '../models/net.py');
    assert.equal(pathFrom('/work/models/', '/work/models/net.py'), 'net.py');
    assert.equal(pathFrom('/', '/net.py'), 'net.py');
    assert.equal(pathFrom('/c:/work', '/C:/work/net.py'), 'net.py');
    assert.equal(pathFrom('/d:/work', '/c:/work/net.py'), undefined);
  });

  it('names the model, its places and candidates', async () => {
    const model = await readModelFile(inRoot('samples', 'cifar_cnn.py'));
    const text = scriptOf(reportOn(model, ['gelu', 'relu2', 'leaky_relu']), { ...model, path: 'cifar_cnn.py' });
    assert.match(text, /^MODEL_FILE = "cifar_cnn\.py"$/m);
    assert.match(text, /^MODEL = "CifarCNN"$/m);
    assert.match(text, /"path": "block1\.act1", "how": "module"/);
    assert.match(
      text,
      /"path": "", "how": "calls", "fits": \[\{\}\], "functions": \["torch\.nn\.functional\.leaky_relu"/,
    );
    assert.match(text, /^ {4}"gelu": lambda fit: nn\.GELU\(\),$/m);
    assert.match(text, /^class Relu2\(nn\.Module\):$/m);
    assert.match(text, /^NOT_SWAPPED = \[\]$/m);
  });

  it('is refused with the way out where there can be none', async () => {
    const model = await readModelFile(inRoot('samples', 'mlp.py'));
    const report = reportOn(model, ['gelu']);
    const refuse = (change: Partial<Report>, words: RegExp) =>
      assert.throws(
        () => scriptOf({ ...report, ...change }, model),
        (error) => error instanceof ExportError && words.test(error.message),
      );
    refuse({ candidates: report.candidates.slice(0, 1) }, /nothing to compare/);
    refuse({ model: { ...report.model, file: '/a/net.onnx' } }, /net\.onnx is no PyTorch model/);
    refuse({ model: { ...report.model, file: '/a/lab.ipynb' } }, /lab\.ipynb is no Python file/);
    const [site] = report.plan.sites;
    assert.ok(site);
    refuse({ plan: { ...report.plan, sites: [{ ...site, id: 'gone' }] } }, /MLP has changed since it was compared/);
    const odd = await readModelText(
      'import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a, self.act = nn.Linear(4, 4), nn.ReLU()\n    def forward(self, x):\n        return self.a(self.act(self.a(x))).sum()\nif __name__ == "__main__":\n    Net()(torch.randn(2, 4))\n',
      'odd.py',
    );
    assert.throws(() => scriptOf(reportOn(odd, ['gelu']), odd), /is no batch \(\[1, 4\] → \[\]\)/);
  });
});
