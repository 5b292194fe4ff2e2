import type { Program } from '../python/syntax/ast';
import { FlowEvaluation } from './evaluation';
import type { FileFlow, FindModule, ModelAnswers } from './fileFlow';
import { lookAtContainers, lookAtDefinitions, lookAtModels } from './roots';

/** Follows values through a file: its own lines, then each function and method for whoever may call it. */
export function* followFlow(
  program: Program,
  findModule: FindModule = () => undefined,
  answers: ModelAnswers = () => undefined,
): Generator<void, FileFlow> {
  let run = new FlowEvaluation(findModule, answers);
  let module = run.runModule(program);
  yield;
  if (run.keepMissed(program, module)) {
    run = new FlowEvaluation(findModule, answers, run);
    module = run.runModule(program);
    yield;
  }
  yield* lookAtDefinitions(run, program.body, module);
  yield* lookAtModels(run, program.file);
  yield* lookAtContainers(run, program.file);
  return run;
}
