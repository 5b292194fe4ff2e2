/** What each input of a model is beside the main one: by its use, by what it holds, by its name. */

import { itemAt, itemOr } from '../graph/access';
import type { Interpreter } from '../python/run/interpreter';
import type { ParameterNode } from '../python/syntax/ast';
import type { PyInstance } from '../python/values/values';
import { classOfObject, isListOf, isObject, stagesOf } from './held';
import {
  classesOf,
  companion,
  isList,
  isOnlyDeep,
  isPerSample,
  isTold,
  type Openings,
  plainValue,
  shapeOfUse,
} from './shapes';
import type { InputValue, TensorSpec } from './spec';
import type { InputUse } from './use';

/** The side of the smallest of several stages. */
const SMALLEST_STAGE = 8;

export class BesideInputs {
  /** What was made as a layer asks. */
  readonly told = new WeakSet<TensorSpec>();

  constructor(
    private readonly ctx: Interpreter,
    private readonly model: PyInstance,
    private readonly parameters: readonly ParameterNode[],
    private readonly uses: ReadonlyMap<string, InputUse>,
  ) {}

  /** A further input, or one that holds several. */
  valueOf(parameter: ParameterNode, first: TensorSpec, variant: Openings): InputValue {
    const use = this.uses.get(parameter.name);
    const plain = plainValue(parameter, use);
    if (plain) return plain;
    const value = this.contentOf(parameter.name, use, first, variant);
    return isList(parameter) && !('items' in value) ? list(value) : value;
  }

  private contentOf(name: string, use: InputUse | undefined, first: TensorSpec, variant: Openings): InputValue {
    const stages = stagesOf(use);
    if (stages.length > 0) return { form: 'list', items: this.stages(stages, first, variant) };
    if (use?.each && isListOf(use)) return list(this.contentOf(name, use.each, first, variant));
    if (use && use.keys.size > 0) {
      const beside = this.firstOf([...use.keys.values()], first, variant);
      const asked = [...use.keys].filter(([, each]) => !each.spare);
      return { form: 'dict', entries: asked.map(([key, each]) => [key, this.contentOf(key, each, beside, variant)]) };
    }
    if (use?.numbers !== undefined) {
      const side: InputValue = { constant: variant.size, form: 'int' };
      return { form: 'tuple', items: Array.from({ length: use.numbers }, () => side) };
    }
    if (use?.classesOf) return classesOf(this.scoresOf(use.classesOf.use, first, variant), use.classesOf);
    if (use?.picks && !isTold(use)) return { dtype: 'bool', shape: first.shape };
    if (use && isObject(use)) {
      const cls = classOfObject(this.ctx, this.model, this.parameters.find((each) => each.name === name) ?? {});
      const beside = this.firstOf([...use.attributes.values()], first, variant);
      const asked = [...use.attributes].filter(([, each]) => !each.spare);
      return {
        form: 'object',
        cls,
        entries: asked.map(([key, each]) => [key, this.contentOf(key, each, beside, variant)]),
      };
    }
    // Beside a signal a mask has one channel.
    const isOfSignal = (variant.main?.demand ?? variant.main?.hint)?.space?.length === 1 && first.shape.length === 3;
    if (isOfSignal && !use?.demand && /_mask$/.test(name))
      return { dtype: 'float32', shape: [itemAt(first.shape, 0), 1, itemAt(first.shape, 2)] };
    if (use === undefined || !isTold(use)) {
      const items = use?.items ?? [];
      if (items.length === 0) {
        const named = companion(name, first);
        // What is no index by its name and goes through no table is a number for each.
        return named === first && !first.dtype.startsWith('float') ? { ...first, dtype: 'float32' } : { ...named };
      }
      const beside = this.firstOf(items, first, variant);
      return { form: 'tuple', items: items.map((each) => this.contentOf(each.label ?? name, each, beside, variant)) };
    }
    if (isOnlyDeep(use) && first.shape.length >= (use.leastRank ?? 0)) return { ...first };
    // Beside an image features stand alone; beside a sequence they are one, too.
    const rank = first.shape.length <= 3 ? first.shape.length : 2;
    const guess = shapeOfUse(this.ctx, this.model, use, { ...variant, rank });
    const { integer } = guess;
    // What the code leaves without a name is as in the input beside it: `_, length, _, _ = keys.shape`.
    const isAlike = guess.shape.length === first.shape.length && use.names?.length === first.shape.length;
    const shape = guess.shape.map((size, axis) =>
      isAlike && guess.open[axis] !== undefined && /^_/.test(itemOr(use.names ?? [], axis, ''))
        ? itemAt(first.shape, axis)
        : size,
    );
    if (integer && isPerSample(name)) return { dtype: 'int64', shape: shape.slice(0, 1) };
    const made: TensorSpec = { dtype: integer ? 'int64' : /mask/i.test(name) ? 'bool' : 'float32', shape };
    if (use.demand) this.told.add(made);
    return made;
  }

  /** The first of several that are held together of which something is told: the others stand beside it. */
  private firstOf(uses: readonly InputUse[], first: TensorSpec, variant: Openings): TensorSpec {
    const told = uses.find((each) => isTold(each));
    const value = told && this.contentOf('', told, first, variant);
    return value && 'shape' in value ? value : first;
  }

  /** Maps of features from several stages, the larger where there are fewer channels. */
  stages(uses: readonly InputUse[], first: TensorSpec, variant: Openings): InputValue[] {
    const channels = uses.map(({ demand }) => demand?.sizes.get(1) ?? 0);
    const isUpwards = itemAt(channels, 0) > itemAt(channels, channels.length - 1);
    return uses.map((use, index) => {
      const halvings = isUpwards ? index : uses.length - 1 - index;
      const size = variant.halving ? SMALLEST_STAGE * 2 ** halvings : variant.size;
      return this.contentOf('', use, first, { ...variant, size });
    });
  }

  /** The scores among which classes choose: the main input, or another. */
  private scoresOf(use: InputUse, first: TensorSpec, variant: Openings): TensorSpec {
    if (use === variant.main || use.classesOf) return first;
    const parameter = this.parameters.find(({ name }) => this.uses.get(name) === use);
    const value = parameter && this.valueOf(parameter, first, variant);
    return value && 'shape' in value ? value : first;
  }
}

export const list = (value: InputValue): InputValue => ({ form: 'list', items: [value] });
