import type { Rule } from '../../rule';
import { biasBeforeBatchnorm } from './bias-before-batchnorm';
import { cannotRun } from './cannot-run';
import { exportOpset } from './export-opset';
import { fuseModules } from './fuse-modules';
import { gluOdd } from './glu-odd';
import { initGain } from './init-gain';
import { initSlope } from './init-slope';
import { inplaceBackwardHook } from './inplace-backward-hook';
import { inplaceReuse } from './inplace-reuse';
import { int8Unfriendly } from './int8-unfriendly';
import { leakyPort } from './leaky-port';
import { lossClassCalled } from './loss-class-called';
import { moduleInForward } from './module-in-forward';
import { preluChannels } from './prelu-channels';
import { preluDecay } from './prelu-decay';
import { rreluTraining } from './rrelu-training';
import { seluBatchnorm } from './selu-batchnorm';
import { seluDropout } from './selu-dropout';
import { seluInit } from './selu-init';
import { sharedPrelu } from './shared-prelu';
import { unknownName } from './unknown-name';

/** How single layers are built, initialised and used. */
export const partRules: readonly Rule[] = [
  cannotRun,
  lossClassCalled,
  moduleInForward,
  inplaceReuse,
  inplaceBackwardHook,
  sharedPrelu,
  preluDecay,
  preluChannels,
  seluDropout,
  seluInit,
  seluBatchnorm,
  initGain,
  initSlope,
  biasBeforeBatchnorm,
  rreluTraining,
  gluOdd,
  unknownName,
  int8Unfriendly,
  fuseModules,
  exportOpset,
  leakyPort,
];
