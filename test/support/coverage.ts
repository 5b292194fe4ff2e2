/** Which names of PyTorch are read, by our namespaces, beside how often code uses them. */
import { GraphBuilder } from '../../src/graph/builder';
import { makeBuiltins } from '../../src/python/builtins/index';
import { defaultBudget, Meter } from '../../src/python/natives/budget';
import { Interpreter } from '../../src/python/run/interpreter';
import { torchLibrary } from '../../src/torch/index';
import { KNOWN_ONLY } from '../../src/torch/known';
import table from '../../src/torch/names.json';
import { torchState } from '../../src/torch/tensor/tensor';
import used from '../fixtures/torch/counts.json';

/** `read`; `known`: where values are known while the model is built; `refused` with a message; `meaningless`: see below. */
export type Standing = 'read' | 'known' | 'refused' | 'meaningless';

export interface Name {
  readonly name: string;
  readonly standing: Standing;
  /** How often the counted repositories use it. */
  readonly uses: number;
}

/**
 * What a model that is read, and not run, has no use for: training, data, devices, other processes, files, compilation,
 * quantised and named tensors, storages, and PyTorch's own implementation.
 */
const MEANINGLESS: Readonly<Record<string, RegExp>> = {
  torch:
    /^(distributed|optim|utils|cuda|cpu|xpu|mps|mtia|npu|hpu|mlu|musa|accelerator|hub|load|save|serialization|multiprocessing|monitor|profiler|futures|package|testing|overrides|library|classes|export|onnx|fx|ao|_.*|masked|nested|quasirandom|random|return_types|storage|types|typename|version|torch|torch_version|backends|quantization|cond|while_loop|fork|wait|quantize_.*|q_.*|.*qint.*|quint.*|q_?scheme|per_(tensor|channel)_.*|fake_quantize_.*|fused_moving.*|choose_qparams.*|dequantize|int_repr|empty_quantized|has_(lapack|mkl|openmp|spectral)|[gs]et_(rng_state|num_.*|default_device|device.*|deterministic.*|flush_denormal|warn_always|printoptions|anomaly_enabled|file_path)|init_num_threads|is_(vulkan|warn|anomaly|deterministic|distributed|storage).*|use_deterministic.*|are_deterministic.*|compiled_with.*|can_cast|default_generator|thread_safe_generator|initial_seed|parse_.*|import_ir.*|merge_type.*|unify_type.*|sym_.*|Sym.*|hash_tensor|from_(file|dlpack)|to_dlpack|frombuffer|prepare_multi.*|classproperty|Stream|Event|.*Error|Future|Graph|Node|Value|Use|Block|Code|Gradient|Argument.*|AliasDb|CallStack|Capsule|CompilationUnit|CompleteArgumentSpec|ConcreteModule.*|DeepCopyMemoTable|.*Context|DisableTorchFunction.*|ErrorReport|FileCheck|FunctionSchema|IODescriptor|JITException|.*Logger.*|OperatorInfo|StaticModule|Tag|ThroughputBenchmark|TracingState|BufferDict|ModuleDict|ParameterDict|get_autocast.*|clear_autocast_cache|GradScaler)$/,
  'torch.nn': /^(intrinsic|qat|quantizable|common_types|factory_kwargs|grad)$/,
  'torch.nn.functional':
    /^(Broadcasting.*|boolean_dispatch|assert_int_or_pair|(scaled|grouped).*_mm|grouped_mm|_.*|.*Type)$/,
  'torch.nn.utils': /^(clip_grad.*|get_total_norm|prune|init|convert_conv.*|convert_parameters|memory_format)$/,
  'torch.nn.utils.rnn': /^(bind|copy_method_params|PackedSequence_)$/,
  'torch.nn.utils.parametrize': /^(Module|ModuleDict|ModuleList|Parameter|OpaqueBase|is_.*|get_swap.*)$/,
  'torch.nn.utils.fusion': /^(ConvT|LinearT)$/,
  'torch.nn.utils.parametrizations': /^Module$/,
  'torch.nn.attention': /flash_attention|can_use/,
  'torch.nn.attention.flex_attention': /^(Flex.*|GetAttrKey|TreeSpec|setup_.*|tree_.*|.*_hop|Aux.*|_.*)$/,
  'torch.nn.parallel': /.*/,
  'torch.autograd':
    /^(NestedIOFunction|SavedTensor|anomaly_mode|backward|(set_)?detect_anomaly|enforce.*|forward_ad|function|grad|grad_mode|grad(grad)?check|graph|is_.*|kineto.*|profiler.*|set_multi.*|variable|_.*)$/,
  'torch.autograd.functional': /.*/,
  'torch.autograd.forward_ad': /.*/,
  'torch.jit':
    /^(Attribute|CompilationUnit|Error|Future|.*Module|Trac.*|annotations|.*fusion.*|export_opnames|fork|frontend|fuser|isinstance|jit_.*|last_.*|load|optim.*|run_.*|save.*|set_module|wait|_.*|Script.*)$/,
  'torch.compiler': /^(?!is_|compile|disable|allow|assume)/,
  'torch.amp': /Scaler|scaler|_mode/,
  'torch.sparse': /Tensor$|check|semi/,
  'torch.utils.checkpoint': /^(?!checkpoint)/,
  'torch.backends': /.*/,
  'torch.backends.cuda': /.*/,
  'torch.backends.mps': /.*/,
  'torch.random': /.*/,
  'torch.Tensor':
    /^(backward|apply_|map2?_|as_subclass|register_.*hook|retains_grad|grad_dtype|reinforce|storage.*|untyped_storage|share_memory.*|set_|is_set_to|is_(shared|pinned|maia|mtia|ipu|xla|vulkan|mkldnn|xpu|meta|mps|cpu|nested|distributed|coalesced|sparse_csr)|ipu|mtia|to_mkldnn|to_padded_tensor|module_load|output_nr|record_stream|const_data_ptr|dim_order|q_.*|qscheme|int_repr|dequantize|hash_tensor|name|names|volatile|resize_as_sparse_|sparse_.*|slice_inverse|(ccol|col|crow|row)_indices|indices|values|coalesce|dense_dim|sparse_dim|to_sparse_(csr|csc|bsr|bsc))$/,
};

/** What is counted under a name that the table lacks: names below it that only tests or old code use. */
const rows: Readonly<Record<string, Readonly<Record<string, number>>>> = used.counts;

/** What our namespaces have, by their names. */
export function ours(): ReadonlyMap<string, ReadonlySet<string>> {
  const meter = new Meter(defaultBudget, () => performance.now(), undefined);
  const ctx = new Interpreter(new GraphBuilder(), meter, [torchLibrary], makeBuiltins(), 'a.py');
  return new Map(
    Object.keys(table.names).map((namespace) => {
      const members = torchLibrary.module(ctx, namespace)?.members;
      return [
        namespace,
        new Set(namespace === 'torch.Tensor' ? torchState(ctx).tensor.members.keys() : members?.keys()),
      ];
    }),
  );
}

/** Every name of a namespace, what we make of it, and its uses; names as PyTorch sorts them. */
export function coverage(): ReadonlyMap<string, readonly Name[]> {
  const result = new Map<string, readonly Name[]>();
  const all = ours();
  for (const [namespace, list] of Object.entries(table.names)) {
    const members = all.get(namespace) ?? new Set();
    const names = [...new Set([...list.split(' '), ...Object.keys(rows[namespace] ?? {})])];
    result.set(
      namespace,
      names.map((name) => ({
        name,
        uses: rows[namespace]?.[name] ?? 0,
        standing: MEANINGLESS[namespace]?.test(name)
          ? 'meaningless'
          : !members.has(name)
            ? 'refused'
            : KNOWN_ONLY.has(name)
              ? 'known'
              : 'read',
      })),
    );
  }
  return result;
}

const sum = (names: readonly Name[]) => names.reduce((total, { uses }) => total + uses, 0);
const percent = (part: number, whole: number) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`);

/** Uses of names that are read, and of all that mean something to a model. */
export function share(names: readonly Name[]): { readonly read: number; readonly all: number } {
  const is = (...standings: readonly Standing[]) => names.filter(({ standing }) => standings.includes(standing));
  return { read: sum(is('read', 'known')), all: sum(is('read', 'known', 'refused')) };
}

function row(title: string, names: readonly Name[]): string {
  const count = (standing: Standing) => names.filter((each) => each.standing === standing).length;
  const { read, all } = share(names);
  const cells = [count('read'), count('known'), count('refused'), count('meaningless'), all, percent(read, all)];
  return `| ${title} | ${cells.join(' | ')} |`;
}

/** The names of one standing, the most used first, with their uses. */
function list(names: readonly Name[], standing: Standing): string {
  return names
    .filter((each) => each.standing === standing)
    .sort((a, b) => b.uses - a.uses)
    .map(({ name, uses }) => (uses > 0 ? `${name} ${uses}` : name))
    .join(', ');
}

/** `docs/coverage.md`. */
export function page(): string {
  const all = coverage();
  const files = Object.entries(used.files);
  const sections = [...all].map(([namespace, names]) => {
    const part = (title: string, standing: Standing) => {
      const text = list(names, standing);
      return text === '' ? [] : [`- **${title}**: ${text}`];
    };
    return [
      `## ${namespace}`,
      '',
      ...part('Read', 'read'),
      ...part('Read while building', 'known'),
      ...part('Refused', 'refused'),
      ...part('Meaningless here', 'meaningless'),
      '',
    ].join('\n');
  });
  return `# PyTorch's names, and which of them are read

Every public name of PyTorch ${table.version} in the namespaces that model code uses (\`src/torch/names.json\`, which
\`test/parity/list_names.py\` writes). This page is made of our own namespaces by \`test/unit/coverage.test.ts\`, which fails
where it is not true; \`COVERAGE_WRITE=1 npm test test/unit/coverage.test.ts\` writes it anew.

- **Read**: the name is there. Which of its arguments are refused, the function itself says.
- **Read while building**: where the values are known before the model runs, as in first weights, masks and indices, or where the model is read for one input (--for-input).
- **Refused**: a call ends with an error that names the function, the line and the way out.
- **Meaningless here**: training, data, devices, processes, files, compilation, and PyTorch's implementation: the list is
  in \`test/support/coverage.ts\`. Some of these are answered, too (\`torch.cuda.is_available()\` is False).

A number behind a name says how often code uses it: ${files
    .map(([name, count]) => `${name} (${count})`)
    .join(', ')} have that many files that import PyTorch, tests and training included
(\`test/parity/count_names.py\` counts by syntax; a method counts by its name alone).

| namespace | read | while building | refused | meaningless | uses | of these read |
|---|--:|--:|--:|--:|--:|--:|
${[...all].map(([namespace, names]) => row(`\`${namespace}\``, names)).join('\n')}
${row('**together**', [...all.values()].flat())}

${sections.join('\n')}`;
}
