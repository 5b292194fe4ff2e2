import { einopsLibrary } from '../einops/index';
import { numpyLibrary } from '../numpy/index';
import type { Library } from '../python/natives/context';
import { standardLibrary } from '../stdlib/index';
import { torchLibrary } from '../torch/index';
import { yamlLibrary } from '../yaml/index';

/** What models are written with and is not read from text, in the order in which a module is looked for. */
export const libraries: readonly Library[] = [torchLibrary, standardLibrary, numpyLibrary, einopsLibrary, yamlLibrary];
