import * as vscode from 'vscode';
import type { ExtractionProblem } from '../extract/extract';
import { type InputSpec, parseInputSpecs } from '../extract/spec';
import { type ModelAnswer, type ModelRequest, modelAnswer } from '../protocol/model';
import { parse } from '../protocol/parse';
import { ask } from './notices';

/** Asks for what a file doesn't say, an argument or an input's shape, and remembers it for the workspace. */
export class Questions {
  constructor(private readonly memory: vscode.Memento) {}

  /** The request with the answers given last time, where it leaves them open. A call that is written out is not. */
  recall<T extends ModelRequest>(request: T): T {
    const answer = parse(modelAnswer, this.memory.get(key(request)));
    if (!answer) return request;
    const written = request.expression?.includes('(') === true;
    const expression = written ? request.expression : (answer.expression ?? request.expression);
    const same = expression === answer.expression;
    const part = request.part ?? (same ? answer.part : undefined);
    const fits = request.input === undefined && same && (part || undefined) === (answer.part || undefined);
    return {
      ...request,
      expression,
      part,
      input: fits ? answer.input : request.input,
      forInput: request.forInput ?? (same ? answer.forInput : undefined),
      weights: request.weights ?? answer.weights,
    };
  }

  /** Keeps what was added to a request that could then be read. */
  remember(asked: ModelRequest, answered: ModelRequest): void {
    const { expression, part, input, forInput, weights } = answered;
    const plain = expression === asked.expression && !expression?.includes('(');
    const isOpen = plain && !part && input === undefined && !forInput && !weights;
    const answer = isOpen ? undefined : { expression, part, input, forInput, weights };
    void this.memory.update(key(asked), answer satisfies ModelAnswer | undefined);
  }

  /** The request with the user's answer, or undefined where there is nothing to ask or no answer. */
  async ask<T extends ModelRequest>(request: T, problem: ExtractionProblem): Promise<T | undefined> {
    if (problem.kind === 'needs-argument') {
      const value = problem.draft ?? request.expression ?? '';
      const gap = value.search(/=(?=[,)])/);
      const expression = await ask({
        title: problem.message,
        prompt: vscode.l10n.t('Write the call that builds the model, with its arguments.'),
        placeHolder: 'ResNet(num_classes=10)',
        value,
        valueSelection: gap < 0 ? undefined : [gap + 1, gap + 1],
        problemOf: unfinishedCall,
      });
      return expression === undefined ? undefined : { ...request, expression: expression.trim() };
    }
    if (problem.kind === 'needs-input') {
      const input = await ask({
        title: problem.message,
        prompt: vscode.l10n.t('Write the shape of the input, batch first; several are separated by commas.'),
        placeHolder: '1x3x224x224, 2x16:int64',
        value: request.input ?? '',
        problemOf: invalidInput,
      });
      return input === undefined ? undefined : { ...request, input: input.trim() };
    }
    return undefined;
  }
}

/** `1x3x32x32`, or several separated by commas or spaces. @throws Error naming the part that is no shape. */
export const inputSpecs = (text: string): InputSpec[] => parseInputSpecs(text);

function unfinishedCall(text: string): string | undefined {
  if (!/\)\s*$/.test(text)) return vscode.l10n.t('A call ends with a parenthesis.');
  return /=\s*[,)]/.test(text) ? vscode.l10n.t('Give each argument a value.') : undefined;
}

function invalidInput(text: string): string | undefined {
  try {
    return inputSpecs(text).length > 0 ? undefined : vscode.l10n.t('Write at least one shape.');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function key({ file, expression }: ModelRequest): string {
  return `compare ${file} ${expression?.replace(/\(.*$/s, '') ?? ''}`;
}
