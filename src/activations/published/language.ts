import { itemAt } from '../../graph/access';
import type { InEachLanguage } from '../types';
import { type EvidenceRow, units } from './row';

const GLU_VARIANTS = 'https://arxiv.org/abs/2002.05202';
const SPARSING_LAW = 'https://arxiv.org/abs/2411.02335';
const SLOWRUN = 'https://github.com/qlabs-eng/slowrun';
const TERNARY =
  'https://github.com/openai/parameter-golf/blob/main/records/track_10min_16mb/2026-03-24_74M_Ternary_UNet_FP8_10L_8192BPE_YaRN_NeoMuon/RESULTS.md';
const PROSPARSE = 'https://github.com/OpenBMB/MiniCPM/blob/main/docs/README-minicpm2-en.md';

/** Llama 2 as it is (SwiGLU), with ReLU in the gate trained on (ReluLLaMA), and trained to be sparse (ProSparse). */
function prosparse(size: string, swiglu: number, reglu: number, trained: number): EvidenceRow {
  return {
    where: {
      en: `ProSparse, results in the MiniCPM repository, Llama 2 ${size}, SwiGLU turned into ReGLU`,
      'zh-cn': `ProSparse，MiniCPM 仓库中的结果，Llama 2 ${size}，SwiGLU 改成 ReGLU`,
    },
    unit: units.benchmarks,
    url: PROSPARSE,
    task: 'language',
    better: 'higher',
    cells: { swiglu, reglu },
    others: [{ name: { en: 'ReGLU, trained for sparsity', 'zh-cn': '为稀疏训练的 ReGLU' }, value: trained }],
  };
}

function prosparseZeros(size: string, reglu: number, trained: number): EvidenceRow {
  return {
    where: {
      en: `ProSparse, results in the MiniCPM repository, Llama 2 ${size}`,
      'zh-cn': `ProSparse，MiniCPM 仓库中的结果，Llama 2 ${size}`,
    },
    unit: units.zeros,
    url: PROSPARSE,
    task: 'language',
    better: 'higher',
    cells: { reglu },
    others: [{ name: { en: 'trained for sparsity', 'zh-cn': '为稀疏训练' }, value: trained }],
  };
}

const gluIds = ['relu', 'gelu', 'silu', 'glu', 'geglu', 'bilinear_glu', 'swiglu', 'reglu'] as const;

/** T5's feed-forward layer, gates at two thirds of the width: equal parameters. Cells in the tables' order. */
function gluVariants(
  table: number,
  what: InEachLanguage,
  unit: InEachLanguage,
  cells: readonly number[],
  { better = 'higher', spread }: { better?: 'higher' | 'lower'; spread?: readonly number[] } = {},
): EvidenceRow {
  const named = (values: readonly number[]) => Object.fromEntries(gluIds.map((id, i) => [id, itemAt(values, i)]));
  return {
    where: {
      en: `GLU variants paper, Table ${table}, T5’s feed-forward layer, equal parameters, ${what.en}`,
      'zh-cn': `GLU 变体论文，表 ${table}，T5 的前馈层，参数量相同，${what['zh-cn']}`,
    },
    unit,
    url: GLU_VARIANTS,
    task: 'language',
    better,
    cells: named(cells),
    ...(spread && { spread: named(spread) }),
  };
}

const commonsense = { en: 'commonsense reasoning', 'zh-cn': '常识推理' };
const reading = { en: 'reading comprehension', 'zh-cn': '阅读理解' };

/** Trained from scratch; the paper names the gates by their function: ReLU is ReGLU here, SiLU SwiGLU. */
function sparsingLaw(group: InEachLanguage, cells: readonly (readonly [size: string, relu: number, silu: number])[]) {
  return cells.map(
    ([size, reglu, swiglu]): EvidenceRow => ({
      where: {
        en: `Sparsing Law paper, Table 1, gated feed-forward layers, ${size}, dense, ${group.en}`,
        'zh-cn': `Sparsing Law 论文，表 1，门控前馈层，${size}，稠密，${group['zh-cn']}`,
      },
      unit: units.benchmarks,
      url: SPARSING_LAW,
      task: 'language',
      better: 'higher',
      cells: { reglu, swiglu },
    }),
  );
}

/** Two records that follow one another, whose scripts differ in the feed-forward layer alone. */
function slowrun(track: InEachLanguage, relu2: number, swiglu: number): EvidenceRow {
  return {
    where: {
      en: `NanoGPT Slowrun README, ${track.en}, FineWeb, about equal parameters`,
      'zh-cn': `NanoGPT Slowrun README，${track['zh-cn']}，FineWeb，参数量大致相同`,
    },
    unit: units.loss,
    url: SLOWRUN,
    task: 'language',
    better: 'lower',
    cells: { relu2, swiglu },
  };
}

/** Single runs of ten minutes each, so that a slower layer gets fewer steps. */
function ternary(width: InEachLanguage, row: Pick<EvidenceRow, 'cells' | 'others'>): EvidenceRow {
  return {
    where: {
      en: `Parameter Golf, log of the ternary record, "Activation Sweep", 12 layers, ternary weights, FineWeb, ${width.en}`,
      'zh-cn': `Parameter Golf，三值纪录的日志，“Activation Sweep”，12 层，三值权重，FineWeb，${width['zh-cn']}`,
    },
    unit: units.bitsPerByte,
    url: TERNARY,
    task: 'language',
    better: 'lower',
    ...row,
  };
}

export const languageRows: readonly EvidenceRow[] = [
  gluVariants(
    1,
    { en: '524k steps', 'zh-cn': '524k 步' },
    units.logPerplexity,
    [1.677, 1.679, 1.683, 1.663, 1.633, 1.648, 1.636, 1.645],
    { better: 'lower' },
  ),
  gluVariants(
    1,
    { en: '65k steps, 4 runs', 'zh-cn': '65k 步，4 次运行' },
    units.logPerplexity,
    [1.997, 1.983, 1.994, 1.982, 1.942, 1.96, 1.944, 1.953],
    { better: 'lower', spread: [0.005, 0.005, 0.003, 0.006, 0.004, 0.005, 0.01, 0.003] },
  ),
  gluVariants(
    2,
    { en: 'GLUE (dev), one run', 'zh-cn': 'GLUE（dev），一次运行' },
    units.benchmarks,
    [83.8, 83.86, 83.6, 84.2, 84.12, 83.79, 84.36, 84.67],
  ),
  gluVariants(
    3,
    { en: 'SuperGLUE (dev), one run', 'zh-cn': 'SuperGLUE（dev），一次运行' },
    units.benchmarks,
    [72.76, 72.98, 72.4, 73.95, 73.96, 73.81, 74.56, 73.66],
  ),
  gluVariants(
    4,
    { en: 'SQuAD 1.1 (dev), one run', 'zh-cn': 'SQuAD 1.1（dev），一次运行' },
    units.exactMatch,
    [83.18, 83.09, 83.25, 82.88, 83.55, 83.82, 83.42, 83.53],
  ),
  gluVariants(
    4,
    { en: 'SQuAD 1.1 (dev), one run', 'zh-cn': 'SQuAD 1.1（dev），一次运行' },
    units.f1,
    [90.87, 90.79, 90.76, 90.69, 91.12, 91.06, 91.03, 91.18],
  ),
  prosparse('7B', 37.96, 37.62, 38.46),
  prosparse('13B', 44.06, 42.74, 44.9),
  prosparseZeros('7B', 66.98, 89.32),
  prosparseZeros('13B', 71.56, 88.8),
  ...sparsingLaw(commonsense, [
    ['0.1B', 49.6, 49.5],
    ['0.2B', 52.0, 52.2],
    ['0.4B', 54.7, 55.8],
    ['0.8B', 56.8, 57.6],
    ['1.2B', 60.0, 59.6],
  ]),
  ...sparsingLaw(reading, [
    ['0.1B', 28.2, 27.7],
    ['0.2B', 40.7, 40.2],
    ['0.4B', 44.0, 41.8],
    ['0.8B', 44.8, 43.3],
    ['1.2B', 53.2, 54.8],
  ]),
  slowrun({ en: 'limited track, records 3 and 4, 2.7B', 'zh-cn': 'limited 赛道，第 3、4 条纪录，2.7B' }, 3.349, 3.335),
  slowrun({ en: 'tiny track, records 1 and 2, 300M', 'zh-cn': 'tiny 赛道，第 1、2 条纪录，300M' }, 3.428, 3.41),
  ternary({ en: 'twice as wide inside', 'zh-cn': '内部两倍宽' }, { cells: { relu: 1.2284, relu2: 1.2042 } }),
  ternary(
    {
      en: 'three times as wide inside (SwiGLU with half as many weights more)',
      'zh-cn': '内部三倍宽（SwiGLU 的权重多一半）',
    },
    {
      cells: { leaky_relu: 1.2094, relu2: 1.1878, swiglu: 1.1771 },
      others: [{ name: { en: 'SwiGLU, another run', 'zh-cn': 'SwiGLU，另一次运行' }, value: 1.1786 }],
    },
  ),
];
