/** What the command line says about how to read a model. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseSetting, type Setting } from '../extract/given';
import { type InputSpec, parseInputSpec } from '../extract/spec';
import { CliError } from './host';

/** What the command line says about how to read a model. */
export interface ReadOptions {
  readonly input: readonly string[];
  /** `hidden=64`. */
  readonly set: readonly string[];
  /** Folders of libraries, besides those of the environment. */
  readonly library: readonly string[];
  /** Path of a submodule to read instead of the whole model. */
  readonly part?: string;
  /** Compute what the code goes by for one input. */
  readonly forInput?: boolean;
  /** A checkpoint, with whose weights that is computed. */
  readonly weights?: string;
}

/** Which model is meant. */
export const modelArgument = [
  '<FILE[:EXPR]>',
  'Python file or notebook, and a class, builder or call in it: model.py:ResNet(depth=18); a TypeScript or JavaScript file with a TensorFlow.js model: model.ts:createModel(28); or an ONNX file: model.onnx',
] as const;

/** The options that say how to read a model. */
export function withReadOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return command
    .option(
      '--input <[NAME=]INPUT>',
      'input of the model: 1x3x32x32, 2x16:int64, mask=1x16:bool, (1x2x8, 1x2x8), {ids: 1x16:int64}, None, 3:int, by value tensor([[0, 1]]); once for each',
      collect,
      [],
    )
    .option(
      '--set <NAME=VALUE>',
      'argument of the model, of its settings (config.depth=2) or of the command line that the script reads; of an ONNX file, a size that it leaves open; once for each',
      collect,
      [],
    )
    .option(
      '--for-input',
      'read a model that goes by values (branches, masks, sizes) for one input: the one that is given by value, x=tensor([[1.5, -2.0]]), or one that is drawn',
    )
    .option('--part <PATH>', 'submodule to read instead of the whole model, such as encoder.layers.0')
    .option(
      '--library <FOLDER>',
      "folder of libraries, such as an environment's site-packages, read as text; once for each",
      collect,
      [],
    );
}

/** The inputs that `--input` gives. @throws CliError naming the one that is none */
export function parseInputs(inputs: readonly string[]): InputSpec[] {
  return inputs.map((text) => {
    try {
      return parseInputSpec(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CliError(`--input ${text}: ${reason}; write a shape such as 1x3x32x32 or 2x16:int64`);
    }
  });
}

/** The argument that `--set` gives. @throws CliError where it is none */
export function settingOf(text: string): Setting {
  try {
    return parseSetting(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--set ${text}: ${reason}; write a name and a value, such as --set hidden=64`);
  }
}

/** A number above 0 on the command line. @throws InvalidArgumentError where it is none */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('it must be a number above 0');
  return value;
}

/** A whole number from 0. */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('it must be a whole number from 0');
  return value;
}
