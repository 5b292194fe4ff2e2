import type {
  NamedValue,
  SourceRange,
  StateEntry,
  StorageUpdate,
  TensorData,
  TensorType,
  ValueId,
} from '../graph/types';
import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import {
  PyClass,
  PyComplex,
  PyDict,
  PyInstance,
  PyList,
  PyTensor,
  PyTuple,
  type PyValue,
  Unknown,
} from '../python/values/values';
import { setMode } from './nn/mode';
import {
  adoptState,
  bufferUpdates,
  finalState,
  isModule,
  isModuleClass,
  modulePlaces,
  namedBuffers,
  namedParameters,
} from './nn/module';
import { holdsModule, namedModules } from './nn/moduleFields';
import { isFloating, tensorOf } from './tensor/tensor';

/** What reading a model asks of the framework that it is written with. */
export const framework = {
  /** `nn.Module`, by which models are found. */
  isModule,
  /** The class of all modules. */
  moduleClass(ctx: Context): PyClass | undefined {
    const cls = ctx.nativeModule('torch.nn')?.members.get('Module');
    return cls instanceof PyClass ? cls : undefined;
  },
  /** Whether a class is one of modules. */
  isClass: isModuleClass,
  /** Whether a module is a field of another one. */
  holds: holdsModule as (holder: PyInstance, module: PyInstance) => boolean,
  /** Gives each submodule its path below the model, from the model's `named_modules()`; call before `forward`. */
  adopt: adoptState as (ctx: Context, model: PyInstance) => void,
  /** Puts the model in the mode that it is read in, as `model.train()` and `model.eval()` do: through its own methods. */
  setMode: setMode as (ctx: Context, model: PyInstance) => Eval<void>,
  /** Whether a model holds parameters or buffers. */
  hasState: (ctx: Context, model: PyInstance): boolean =>
    namedParameters(ctx, model).length > 0 || namedBuffers(ctx, model).length > 0,
  /** The type of a model's first buffer, where it has buffers alone: a table of positions. */
  tableType: (ctx: Context, model: PyInstance): TensorType | undefined =>
    namedParameters(ctx, model).length > 0 ? undefined : namedBuffers(ctx, model)[0]?.[1].type,
  /** Whether a parameter has no elements. */
  hasEmptyWeight: (ctx: Context, model: PyValue): boolean =>
    model instanceof PyInstance &&
    isModule(ctx, model) &&
    namedParameters(ctx, model).some(([, { type }]) => type.shape.includes(0)),
  /** A model with all below it, each once, in PyTorch's order. */
  modules: (ctx: Context, model: PyInstance): PyInstance[] => namedModules(ctx, model).map(([, module]) => module),
  /** A model input; `data`: its elements, where they are known. */
  input: (ctx: Context, type: TensorType, name: string, data?: TensorData): PyValue =>
    tensorOf(ctx, ctx.graph.input(type, name), data),
  /** The type of a guessed input in the precision of the model's parameters: a layer takes no other. */
  fitPrecision(ctx: Context, model: PyInstance, type: TensorType): TensorType {
    const [own] = namedParameters(ctx, model).flatMap(([, parameter]) =>
      isFloating(parameter.type.dtype) ? [parameter.type.dtype] : [],
    );
    return type.dtype === 'float32' && own ? { ...type, dtype: own } : type;
  },
  /** The graph's value of an input tensor. */
  valueOf: (ctx: Context, tensor: PyValue): ValueId =>
    tensor instanceof PyTensor ? tensor.value : ctx.error('needs-input', say('This input is no tensor')),
  /** Outputs that a returned value holds, named: `output`, `output.0`, `output.logits`. @throws where none is a tensor. */
  outputs(ctx: Context, result: PyValue): NamedValue[] {
    if (result instanceof Unknown) ctx.refuseUnknown(result, say('What forward() returns'));
    const outputs = [...namedTensors(ctx, result, 'output')];
    return outputs.length > 0
      ? outputs
      : ctx.error(
          'unsupported',
          say('forward() returned no tensor but {0}; return the tensor that is to be compared', ctx.repr(result)),
        );
  },
  /** `state_dict()` in PyTorch's order, buffers with their persistence. */
  state: finalState as (ctx: Context, model: PyInstance) => StateEntry[],
  /** Where each submodule was constructed, by its path, and its class. */
  places: modulePlaces as (
    ctx: Context,
    model: PyInstance,
  ) => ReadonlyMap<string, { readonly place: SourceRange; readonly name: string }>,
  /** What a training step writes into buffers; running statistics are updated by the graph's batch norms themselves. */
  updates: bufferUpdates as (ctx: Context, model: PyInstance) => StorageUpdate[],
};

/** Tensors in what a model returned, named by their place. */
function* namedTensors(ctx: Context, value: PyValue, name: string): Generator<NamedValue> {
  ctx.spend(1);
  if (value instanceof PyComplex) {
    ctx.error(
      'unsupported',
      say('The model returns complex numbers; return torch.view_as_real(…) of them, or their parts'),
    );
  }
  if (value instanceof PyTensor) yield { name, value: value.value };
  else if (value instanceof PyTuple || value instanceof PyList) {
    for (const [i, item] of value.items.entries()) yield* namedTensors(ctx, item, `${name}.${i}`);
  } else if (value instanceof PyDict) {
    for (const [key, item] of value.entries()) yield* namedTensors(ctx, item, `${name}.${String(key)}`);
  } else if (value instanceof PyInstance) {
    for (const [key, item] of value.fields) yield* namedTensors(ctx, item, `${name}.${key}`);
  }
}
