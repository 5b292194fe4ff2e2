/** `torch.sparse`: sparse tensors are held as all of their elements, which have the same values. */
import type { NativeTable } from '../python/natives/table';
import { shared } from './ops/index';

/** Those of `torch` that stand here under the same name. */
export const sparse: NativeTable = new Map([...shared].filter(([name]) => ['mm', 'addmm', 'sum'].includes(name)));
