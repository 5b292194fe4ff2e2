import advise from '../../l10n/core/advise.zh-cn.json';
import compare from '../../l10n/core/compare.zh-cn.json';
import data from '../../l10n/core/data.zh-cn.json';
import detect from '../../l10n/core/detect.zh-cn.json';
import einops from '../../l10n/core/einops.zh-cn.json';
import exports from '../../l10n/core/exports.zh-cn.json';
import extract from '../../l10n/core/extract.zh-cn.json';
import fromOnnx from '../../l10n/core/fromOnnx.zh-cn.json';
import graph from '../../l10n/core/graph.zh-cn.json';
import health from '../../l10n/core/health.zh-cn.json';
import language from '../../l10n/core/language.zh-cn.json';
import lower from '../../l10n/core/lower.zh-cn.json';
import numpy from '../../l10n/core/numpy.zh-cn.json';
import price from '../../l10n/core/price.zh-cn.json';
import python from '../../l10n/core/python.zh-cn.json';
import reader from '../../l10n/core/reader.zh-cn.json';
import rewrite from '../../l10n/core/rewrite.zh-cn.json';
import run from '../../l10n/core/run.zh-cn.json';
import shapes from '../../l10n/core/shapes.zh-cn.json';
import source from '../../l10n/core/source.zh-cn.json';
import stdlib from '../../l10n/core/stdlib.zh-cn.json';
import syntax from '../../l10n/core/syntax.zh-cn.json';
import tfjs from '../../l10n/core/tfjs.zh-cn.json';
import torch from '../../l10n/core/torch.zh-cn.json';
import weights from '../../l10n/core/weights.zh-cn.json';
import yaml from '../../l10n/core/yaml.zh-cn.json';
import { type Language, speak, type Translations } from './say';

const chinese = [
  advise,
  compare,
  data,
  detect,
  einops,
  exports,
  extract,
  fromOnnx,
  graph,
  health,
  language,
  lower,
  numpy,
  price,
  python,
  reader,
  rewrite,
  run,
  shapes,
  source,
  stdlib,
  syntax,
  tfjs,
  torch,
  weights,
  yaml,
];

/** Translations by room: English needs none. */
const rooms: Readonly<Record<Language, readonly Translations[]>> = { en: [], 'zh-cn': chinese };

/** Sets the language of every later message of this process, page or worker. */
export function speakIn(chosen: Language): void {
  speak(Object.assign({}, ...rooms[chosen]));
}
