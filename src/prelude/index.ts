/**
 * Python of our own that stands for modules of libraries. A model's base classes in `transformers` load, save, check and
 * document, which no model needs in order to be read; Lightning's run a training loop around it. What stands here is what
 * remains, read like any other text.
 */
import { PRELUDE as folder } from '../source/libraries';
import type { Source, SourceText } from '../source/source';
import { unreadModule } from '../source/unreadPackages';
import librosa from './audio/librosa.py';
import signal from './audio/signal.py';
import { environments } from './gymnasium/index';
import dataclasses from './huggingface_hub/dataclasses.py';
import fileDownload from './huggingface_hub/file_download.py';
import hub from './huggingface_hub/init.py';
import lightning from './lightning/lightning.py';
import metrics from './lightning/metrics.py';
import requirements from './packaging/requirements.py';
import version from './packaging/version.py';
import abslApp from './settings/absl_app.py';
import abslFlags from './settings/absl_flags.py';
import addict from './settings/addict.py';
import dataclassParsers from './settings/dataclass_parsers.py';
import easydict from './settings/easydict.py';
import fvcoreConfig from './settings/fvcore_config.py';
import fvcoreRegistry from './settings/fvcore_registry.py';
import mlCollections from './settings/ml_collections.py';
import pydantic from './settings/pydantic.py';
import tensorflow from './settings/tensorflow.py';
import tyro from './settings/tyro.py';
import yacs from './settings/yacs.py';
import bisect from './standard/bisect.py';
import distutils from './standard/distutils.py';
import keyword from './standard/keyword.py';
import numba from './standard/numba.py';
import pathlib from './standard/pathlib.py';
import pkgResources from './standard/pkg_resources.py';
import pytest from './standard/pytest.py';
import safetensors from './standard/safetensors.py';
import string from './standard/string.py';
import textwrap from './standard/textwrap.py';
import tqdm from './standard/tqdm.py';
import ultralyticsOps from './standard/ultralytics_ops.py';
import unittest from './standard/unittest.py';
import userContainers from './standard/user_containers.py';
import weakref from './standard/weakref.py';
import weightInit from './standard/weight_init.py';
import pytree from './torch/pytree.py';
import geometricAggregation from './torch_geometric/aggr.py';
import attentionConv from './torch_geometric/attention_conv.py';
import geometricConv from './torch_geometric/conv.py';
import geometricData from './torch_geometric/data.py';
import geometricDatasets from './torch_geometric/datasets.py';
import edgeIndex from './torch_geometric/edge_index.py';
import experimental from './torch_geometric/experimental.py';
import graphIndex from './torch_geometric/index.py';
import geometric from './torch_geometric/init.py';
import geometricInits from './torch_geometric/inits.py';
import geometricLinear from './torch_geometric/linear.py';
import messagePassing from './torch_geometric/message_passing.py';
import geometricNn from './torch_geometric/nn.py';
import geometricPassing from './torch_geometric/passing.py';
import geometricSequential from './torch_geometric/sequential.py';
import spectralConv from './torch_geometric/spectral_conv.py';
import torchScatter from './torch_geometric/torch_scatter.py';
import geometricTyping from './torch_geometric/typing.py';
import geometricUtils from './torch_geometric/utils.py';
import absent from './transformers/absent.py';
import activations from './transformers/activations.py';
import autoDocstring from './transformers/auto_docstring.py';
import configuration from './transformers/configuration_utils.py';
import doc from './transformers/doc.py';
import generation from './transformers/generation.py';
import argumentParser from './transformers/hf_argparser.py';
import hubKernels from './transformers/hub_kernels.py';
import importUtils from './transformers/import_utils.py';
import transformers from './transformers/init.py';
import logging from './transformers/logging.py';
import outputs from './transformers/modeling_outputs.py';
import modeling from './transformers/modeling_utils.py';
import pretrained from './transformers/pretrained.py';

/** Files of libraries whose text ours stands for, installed or not. */
const instead: Readonly<Record<string, string>> = {
  'huggingface_hub/dataclasses.py': dataclasses,
  'huggingface_hub/file_download.py': fileDownload,
  'lightning/__init__.py': lightning,
  'lightning/pytorch/__init__.py': lightning,
  'packaging/requirements.py': requirements,
  'packaging/specifiers.py': requirements,
  'packaging/version.py': version,
  'pydantic/__init__.py': pydantic,
  'pytorch_lightning/__init__.py': lightning,
  'safetensors/torch.py': safetensors,
  'torch/utils/_pytree.py': pytree,
  'torch_geometric/__init__.py': geometric,
  'torch_geometric/data/__init__.py': geometricData,
  'torch_geometric/datasets/__init__.py': geometricDatasets,
  'torch_geometric/edge_index.py': edgeIndex,
  'torch_geometric/experimental.py': experimental,
  'torch_geometric/index.py': graphIndex,
  'torch_geometric/loader/__init__.py': geometricPassing,
  'torch_geometric/nn/conv/message_passing.py': messagePassing,
  'torch_geometric/nn/sequential.py': geometricSequential,
  'torch_geometric/transforms/__init__.py': geometricPassing,
  'torch_geometric/typing.py': geometricTyping,
  'torch_scatter/__init__.py': torchScatter,
  'torchmetrics/__init__.py': metrics,
  'transformers/configuration_utils.py': configuration,
  'transformers/generation/__init__.py': generation,
  'transformers/hf_argparser.py': argumentParser,
  'transformers/integrations/hub_kernels.py': hubKernels,
  'transformers/modeling_utils.py': modeling,
  'transformers/utils/auto_docstring.py': autoDocstring,
  'transformers/utils/doc.py': doc,
  'transformers/utils/import_utils.py': importUtils,
  'transformers/utils/logging.py': logging,
};

/** Files that stand for others only where those are not there: the library is not installed, or an older one. */
const otherwise: Readonly<Record<string, string>> = {
  ...instead,
  '_user_containers.py': userContainers,
  'absl/__init__.py': '# absl',
  'absl/app.py': abslApp,
  'absl/flags.py': abslFlags,
  'addict/__init__.py': addict,
  'attrdict/__init__.py': easydict,
  'bisect.py': bisect,
  'box/__init__.py': easydict,
  'distutils/version.py': distutils,
  'dotmap/__init__.py': easydict,
  'draccus/__init__.py': dataclassParsers,
  'easydict/__init__.py': easydict,
  'fvcore/common/config.py': fvcoreConfig,
  'fvcore/common/registry.py': fvcoreRegistry,
  'fvcore/nn/weight_init.py': weightInit,
  ...environments,
  'huggingface_hub/__init__.py': hub,
  'ml_collections/__init__.py': mlCollections,
  'librosa/__init__.py': librosa,
  'munch/__init__.py': easydict,
  'keyword.py': keyword,
  'numba/__init__.py': numba,
  'pathlib.py': pathlib,
  'pkg_resources/__init__.py': pkgResources,
  'pyrallis/__init__.py': dataclassParsers,
  'pytest/__init__.py': pytest,
  'scipy/signal/__init__.py': signal,
  'simple_parsing/__init__.py': dataclassParsers,
  'string.py': string,
  'tensorflow/__init__.py': tensorflow,
  'tensorflow/contrib/training/__init__.py': tensorflow,
  'textwrap.py': textwrap,
  'tqdm/__init__.py': tqdm,
  'torch_geometric/nn/__init__.py': geometricNn,
  'torch_geometric/nn/aggr/__init__.py': geometricAggregation,
  'torch_geometric/nn/conv/__init__.py': geometricConv,
  'torch_geometric/nn/conv/attention_conv.py': attentionConv,
  'torch_geometric/nn/conv/spectral_conv.py': spectralConv,
  'torch_geometric/nn/dense/linear.py': geometricLinear,
  'torch_geometric/nn/inits.py': geometricInits,
  'torch_geometric/nn/resolver.py': geometricAggregation,
  'torch_geometric/utils/__init__.py': geometricUtils,
  'tyro/__init__.py': tyro,
  'ultralytics/utils/ops.py': ultralyticsOps,
  'unittest/__init__.py': unittest,
  'weakref.py': weakref,
  'yacs/__init__.py': '# yacs',
  'yacs/config.py': yacs,
  'transformers/__init__.py': transformers,
  'transformers/_pretrained.py': pretrained,
  'transformers/activations.py': activations,
  'transformers/integrations/sdpa_attention.py': absent,
  'transformers/modeling_rope_utils.py': absent,
  'transformers/modeling_outputs.py': outputs,
  'transformers/utils/output_capturing.py': absent,
};

/** Packages of which a module that is not listed is the package that it stands in: callbacks, loggers, what models never call. */
const whole = [
  'gym',
  'gymnasium',
  'librosa',
  'lightning',
  'ml_collections',
  'numba',
  'pydantic',
  'pytorch_lightning',
  'scipy/signal',
  'simple_parsing',
  'stable_baselines3',
  'torch_geometric',
  'torchmetrics',
  'tqdm',
];

/**
 * Packages of which no file is read, installed or not. What gymnasium is made of asks for engines and games, and names
 * environments by the hundred; numba compiles, tqdm draws, and windows and filters of sounds stand at the end of what takes
 * seconds to read: what a model takes of them stands here.
 */
const replaced = ['gym', 'gymnasium', 'librosa', 'numba', 'scipy.signal', 'tqdm'];

/** Modules of PyTorch Geometric that its packages here stand for: what else is below them is a name that they may lack. */
const MODULES =
  /^torch_geometric\/(?:seed|nn\/(?:norm|pool|models|dense|glob|unpool)|nn\/\w+\/[a-z0-9]+_conv|nn\/(?:conv\/appnp|norm\/\w+_norm|models\/(?:mlp|basic_gnn|jumping_knowledge))|utils\/(?:loop|num_nodes|undirected|isolated|convert|sparse|mask|dropout|repeat|laplacian)|(?:data|datasets|transforms|loader)\/[a-z_]+)$/;

/** What stands behind a file's own text: names of it that are defined anew. */
const endings: Readonly<Record<string, string>> = {
  // Its own waits for the width of its input by a kind of parameter that is not read.
  'torch_geometric/nn/dense/linear.py': `\n${geometricLinear}`,
  // The lists of models that it writes into every class's documentation take seconds.
  'transformers/models/auto/configuration_auto.py': `
def replace_list_option_in_docstrings(*args, **options):
    return lambda function: function


def _configuration_of(cls, name, **kwargs):
    from ..._pretrained import configuration

    kind = configuration(name, 'AutoConfig.for_model')['model_type']
    return CONFIG_MAPPING[kind].from_pretrained(name, **kwargs)


AutoConfig.from_pretrained = classmethod(_configuration_of)
`,
  'transformers/models/auto/auto_factory.py': `


def _pretrained_of(cls, name, *args, config=None, **kwargs):
    if not isinstance(config, PreTrainedConfig):
        config = AutoConfig.from_pretrained(name, **kwargs)
    return _get_model_class(config, cls._model_mapping).from_pretrained(name, *args, config=config, **kwargs)


_BaseAutoModelClass.from_pretrained = classmethod(_pretrained_of)
`,
  // What turns texts, images and sounds into inputs is made of files of the hub.
  ...Object.fromEntries(
    [
      ['feature_extraction_utils', 'FeatureExtractionMixin'],
      ['image_processing_base', 'ImageProcessingMixin'],
      ['models/auto/feature_extraction_auto', 'AutoFeatureExtractor'],
      ['models/auto/image_processing_auto', 'AutoImageProcessor'],
      ['models/auto/processing_auto', 'AutoProcessor'],
      ['models/auto/tokenization_auto', 'AutoTokenizer'],
      ['models/auto/video_processing_auto', 'AutoVideoProcessor'],
      ['processing_utils', 'ProcessorMixin'],
      ['tokenization_utils_base', 'PreTrainedTokenizerBase'],
    ].map(([file, name]) => [
      `transformers/${file}.py`,
      `\n\nfrom transformers._pretrained import absent\n\n${name}.from_pretrained = classmethod(absent)\n`,
    ]),
  ),
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Looks into our own texts first, and again for what nobody else has. */
export class PreludeSource implements Source {
  constructor(private readonly inner: Source) {}

  async read(file: string): Promise<SourceText | undefined> {
    const name = libraryFile(file);
    const text = name === undefined ? undefined : own(file.startsWith(folder) ? otherwise : instead, name);
    if (text !== undefined) return { file, text, version: 0 };
    // Nothing of it is evaluated, so nothing of it is parsed.
    if (unreadModule(file) !== undefined) return { file, text: '', version: 0 };
    const found = file.startsWith(folder) ? undefined : await this.inner.read(file);
    const ending = name === undefined ? undefined : own(endings, name);
    return found && ending !== undefined ? { ...found, text: found.text + ending } : found;
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    if (level > 0 && from.startsWith(folder)) return absentFile(relativeFile(from, module, level));
    // A file of an absent library looks for the others of its kind where the project's own file would.
    const found = from.startsWith(folder) ? undefined : await this.inner.resolve(from, module, level);
    const isReplaced = level === 0 && isBelowOne(replaced, module, '.');
    if (found !== undefined && !(isReplaced && libraryFile(found) !== undefined)) return found;
    if (level === 0) return absentFile(module.replaceAll('.', '/'), true);
    return libraryFile(from) === undefined ? undefined : absentFile(relativeFile(from, module, level));
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    return this.inner.locate?.(from, path);
  }
}

/** The path of a library's file below the folder that holds libraries: a project may have a package of such a name. */
function libraryFile(file: string): string | undefined {
  return /[\\/](?:site|dist)-packages[\\/](.+)$/.exec(file)?.[1]?.replaceAll('\\', '/');
}

/** Whether a name is one of these, or below one. */
const isBelowOne = (names: readonly string[], name: string, mark: string): boolean =>
  names.some((each) => name === each || name.startsWith(each + mark));

/**
 * Where the text of a module is that is installed nowhere; undefined where there is none.
 * @param named whether an import names it whole: then a package may stand for the modules below it
 */
function absentFile(path: string, named = false): string | undefined {
  const root = path.split('/')[0] ?? path;
  const parts = path.split('/');
  const isBelow = named && isBelowOne(whole, path, '/') && (root !== 'torch_geometric' || MODULES.test(path));
  const around = isBelow ? parts.map((_, i) => parts.slice(0, parts.length - i).join('/')) : [path];
  const candidates = [`${path}.py`, ...around.map((folder) => `${folder}/__init__.py`)];
  const found = candidates.find((name) => Object.hasOwn(otherwise, name));
  return found === undefined ? undefined : folder + found;
}

function relativeFile(from: string, module: string, level: number): string {
  const parts = (libraryFile(from) ?? '').split('/').slice(0, -level);
  return [...parts, ...module.split('.').filter(Boolean)].join('/');
}
