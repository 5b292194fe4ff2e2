import type { TensorData } from '../graph/types';
import type { Budget } from '../python/natives/budget';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { Setting } from './given';
import type { InputSpec } from './spec';
import type { Within } from './within';

/** The elements of a parameter or a buffer. */
export interface NamedWeights {
  readonly name: string;
  readonly data: TensorData;
}

export interface ExtractRequest {
  readonly syntax: Syntax;
  readonly source: Source;
  readonly file: string;
  /** `ResNet`, `resnet18()`, `ViT(image_size=32)`; the file's likeliest model where absent. */
  readonly expression?: string | undefined;
  readonly inputs?: readonly InputSpec[] | undefined;
  /** Path of the submodule to read instead of the whole model: `encoder.layers.0`. The state keeps the model's names. */
  readonly part?: string | undefined;
  /** Values for arguments of the model, of its settings and of the command line, by name. */
  readonly settings?: readonly Setting[] | undefined;
  /** Files that may call a name of the file, likeliest first; absent: no other files are looked at. */
  readonly callers?: ((name: string, file: string) => Promise<readonly string[]>) | undefined;
  /** Whether sizes may be chosen for a layer that nothing in the project builds: somebody asked for it. */
  readonly choosesSizes?: boolean | undefined;
  /** Read the model as it trains (`self.training` is true); in evaluation mode where absent. */
  readonly training?: boolean | undefined;
  /** Where code goes by values that only the run knows, compute them for the input that the model is fed with. */
  readonly forInput?: boolean | undefined;
  /** With it: weights to compute with in place of the first ones, by their names in the model's state. */
  readonly weights?: readonly NamedWeights[] | undefined;
  /** Keep what is seen of tensors in the file's code. */
  readonly traced?: boolean | undefined;
  /** The larger model in which this one is to be found: as an extraction told it. */
  readonly within?: Within | undefined;
  readonly budget?: Partial<Budget> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told while one step of the code takes long, but goes on. */
  readonly alive?: (() => void) | undefined;
}
