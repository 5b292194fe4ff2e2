/** `nn.Linear` and its relatives. */

import { layerFunctions } from './functional/index';
import { callFunctional, FACTORY, fanIn, type Layer } from './layer';

export const linearLayers: readonly Layer[] = [
  {
    name: 'Linear',
    signature: `in_features, out_features, bias=True, ${FACTORY}`,
    build: (layer) => {
      const [inFeatures, outFeatures] = [layer.args.int('in_features'), layer.args.int('out_features')];
      layer.parameter('weight', [outFeatures, inFeatures], fanIn(inFeatures));
      layer.optional(layer.args.bool('bias'), 'bias', [outFeatures], fanIn(inFeatures));
    },
    forward: 'input',
    run: callFunctional('linear', ['weight', 'bias']),
  },
  {
    name: 'Bilinear',
    signature: `in1_features, in2_features, out_features, bias=True, ${FACTORY}`,
    build: (layer) => {
      const [first, second, out] = ['in1_features', 'in2_features', 'out_features'].map((name) => layer.args.int(name));
      layer.parameter('weight', [out ?? 1, first ?? 1, second ?? 1], fanIn(first ?? 1));
      layer.optional(layer.args.bool('bias'), 'bias', [out ?? 1], fanIn(first ?? 1));
    },
    forward: 'input1, input2',
    run: (ctx, self, args) =>
      ctx.call(layerFunctions.get('bilinear') ?? null, [
        args.get('input1'),
        args.get('input2'),
        self.fields.get('weight') ?? null,
        self.fields.get('bias') ?? null,
      ]),
  },
  {
    name: 'Identity',
    signature: '*args, **kwargs',
    forward: 'input',
    run: (_ctx, _self, args) => args.get('input'),
  },
];
