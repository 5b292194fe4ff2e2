import assert from 'node:assert/strict';
import { LazyMap } from '../../src/python/values/lazy';
import { standardLibrary } from '../../src/stdlib/index';
import { torchLibrary } from '../../src/torch/index';
import { printed } from '../support/python';

describe('LazyMap', () => {
  const counted = () => {
    const made: string[] = [];
    const map = new LazyMap();
    for (const name of ['a', 'b', 'c'])
      map.define(name, () => {
        made.push(name);
        return name.toUpperCase();
      });
    return { map, made };
  };

  it('makes a value once, when it is first asked for', () => {
    const { map, made } = counted();
    assert.equal(map.size, 3);
    assert.ok(map.has('b'));
    assert.deepEqual([...map.keys()], ['a', 'b', 'c']);
    assert.deepEqual(made, []);
    assert.equal(map.get('b'), 'B');
    assert.equal(map.get('b'), 'B');
    assert.equal(map.get('z'), undefined);
    assert.deepEqual(made, ['b']);
  });

  it('shows values to whoever goes through it, in the order in which names were defined', () => {
    const { map, made } = counted();
    map.set('d', 4n);
    map.get('c');
    const all = ['A', 'B', 'C', 4n];
    assert.deepEqual([...map.values()], all);
    assert.deepEqual(new Map(map), new Map([...'abcd'].map((name, i) => [name, all[i]])));
    const seen: unknown[] = [];
    map.forEach((value) => void seen.push(value));
    assert.deepEqual(seen, all);
    assert.deepEqual(made, ['c', 'a', 'b']);
  });

  it('never makes what was set or deleted before', () => {
    const { map, made } = counted();
    map.set('a', 1n);
    map.delete('b');
    assert.deepEqual(
      [...map.entries()],
      [
        ['a', 1n],
        ['c', 'C'],
      ],
    );
    assert.deepEqual(made, ['c']);
  });

  it('makes what it includes where that is asked for, once for both', () => {
    const { map, made } = counted();
    const outer = new LazyMap();
    outer.include(map);
    map.set('a', 'changed');
    assert.equal(outer.get('c'), map.get('c'));
    assert.deepEqual(made, ['c']);
  });
});

describe("PyTorch's namespaces", () => {
  const run = (...lines: string[]) =>
    printed({ 'a.py': lines.join('\n') }, 'a.py', {}, [standardLibrary, torchLibrary]);

  it('have one class under each of its names, whichever is asked for first', async () => {
    const text = await run(
      'from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd',
      'from torch.autograd.function import Function',
      'import torch',
      'from torch import nn',
      'print(issubclass(nn.Conv2d, _ConvNd), issubclass(nn.ConvTranspose1d, _ConvNd), issubclass(nn.Conv1d, _ConvTransposeNd))',
      'print(issubclass(nn.LazyConv2d, nn.Conv2d), nn.modules.conv.Conv2d is nn.Conv2d, nn.parallel.DataParallel is nn.DataParallel)',
      'print(torch.autograd.Function is Function, torch.nn.modules.linear.Linear is nn.Linear)',
      'print(torch.functional.relu is torch.relu, torch.nn.parameter.Parameter is nn.Parameter)',
      'print(torch.distributions.normal.Normal is torch.distributions.Normal)',
    );
    assert.deepEqual(text, ['True True False', 'True True True', 'True True', 'True True', 'True']);
  });

  it('hold distributions that are not read, which say so where they are used', async () => {
    const text = await run(
      'import torch',
      'held = torch.distributions.OneHotCategorical(torch.ones(3))',
      "print('held')",
      'x = held.sample()\nif x: z = print(1)',
    );
    assert.equal(text[0], 'held');
    assert.match(text[1] ?? '', /OneHotCategorical is not read yet/);
  });

  it('change alone where code sets a name of one', async () => {
    const text = await run(
      'from torch import nn',
      'class Mine(nn.Module): pass',
      'nn.Conv2d = Mine',
      'from torch.nn.modules import conv',
      'print(conv.Conv2d.__name__, nn.Conv2d.__name__, nn.modules.Conv2d is conv.Conv2d)',
    );
    assert.deepEqual(text, ['Conv2d Mine True']);
  });

  it('make parameters for containers, too, where code names no Parameter', async () => {
    const text = await run(
      'import torch',
      'from torch import nn',
      "held = nn.ParameterDict({'w': torch.ones(2)})",
      'print([name for name, _ in held.named_parameters()])',
    );
    assert.deepEqual(text, ["['w']"]);
  });

  it('hand on all of their names to a star import', async () => {
    const text = await run(
      'from torch.nn import *',
      'import torch.nn as nn',
      "print(Linear is nn.Linear, 'TransformerEncoder' in nn.__dict__, len([n for n in vars(nn) if n.startswith('Lazy')]))",
    );
    assert.deepEqual(text, ['True True 13']);
  });
});
