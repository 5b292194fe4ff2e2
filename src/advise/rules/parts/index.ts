import type { Rule } from '../../rule';
import { inplaceBackwardHook } from './inplace-backward-hook';
import { inplaceReuse } from './inplace-reuse';
import { lossClassCalled } from './loss-class-called';
import { moduleInForward } from './module-in-forward';
import { preluChannels } from './prelu-channels';
import { preluDecay } from './prelu-decay';
import { sharedPrelu } from './shared-prelu';

/** How single layers are built, initialised and used. */
export const partRules: readonly Rule[] = [
  lossClassCalled,
  moduleInForward,
  inplaceReuse,
  inplaceBackwardHook,
  sharedPrelu,
  preluDecay,
  preluChannels,
];
