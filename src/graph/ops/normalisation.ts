import { ShapeError } from '../types';
import { requiredInput, size, sizes, type TypeRules } from './rule';

export const normalisation: TypeRules<'batch_norm' | 'layer_norm' | 'group_norm' | 'dropout'> = {
  batch_norm(_attributes, inputs) {
    const x = requiredInput(inputs, 0);
    if (x.shape.length < 2)
      throw new ShapeError(`expected at least 2D input to batch_norm (got ${x.shape.length}D input)`);
    const channels = size(x.shape, 1);
    for (const each of inputs.slice(1)) {
      if (each && each.shape[0] !== channels) {
        throw new ShapeError(`running_mean should contain ${channels} elements not ${each.shape[0]}`);
      }
    }
    return [x];
  },

  layer_norm(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const tail = x.shape.slice(x.shape.length - attributes.shape.length);
    if (tail.length !== attributes.shape.length || tail.some((each, i) => each !== attributes.shape[i])) {
      throw new ShapeError(
        `Given normalized_shape=${sizes(attributes.shape)}, expected input with shape [*, ${attributes.shape.join(', ')}], but got input of size${sizes(x.shape)}`,
      );
    }
    return [x];
  },

  group_norm(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const channels = size(x.shape, 1);
    if (channels % attributes.groups !== 0) {
      throw new ShapeError(
        `Expected number of channels in input to be divisible by num_groups, but got input of shape ${sizes(x.shape)} and num_groups=${attributes.groups}`,
      );
    }
    for (const [name, each] of [
      ['weight', inputs[1]],
      ['bias', inputs[2]],
    ] as const) {
      if (each && (each.shape.length !== 1 || each.shape[0] !== channels)) {
        throw new ShapeError(
          `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${sizes(each.shape)} and input of shape ${sizes(x.shape)}`,
        );
      }
    }
    return [x];
  },

  dropout(_attributes, inputs) {
    return [requiredInput(inputs, 0)];
  },
};
