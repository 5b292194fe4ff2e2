import * as vscode from 'vscode';
import type { Tool } from '../agents/tool';
import { secondsOf, type ToolRunner, tools, USUAL_SECONDS } from '../agents/tools';
import { excerpt, notice } from '../language/legible';
import { formOf } from '../reader/forms';

/**
 * The tools as the editor's agents call them. Nothing where the editor has no language model tools.
 * @param editor its API, which older editors and others' have not whole
 */
export function register(runner: ToolRunner, editor: Partial<typeof vscode> = vscode): vscode.Disposable {
  const models: Partial<typeof vscode.lm> | undefined = editor.lm;
  const { registerTool } = models ?? {};
  if (!registerTool || !editor.LanguageModelToolResult) return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    ...tools.map((tool) =>
      registerTool<object>(tool.name, {
        prepareInvocation: ({ input }) => prepare(tool, input),
        invoke: async ({ input }, token) => {
          const answer = await run(runner, tool, input, token);
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(answer))]);
        },
      }),
    ),
  );
}

async function run(runner: ToolRunner, tool: Tool, input: object, token: vscode.CancellationToken) {
  const stop = new AbortController();
  const abort = () => stop.abort(new vscode.CancellationError());
  if (token.isCancellationRequested) abort();
  const subscription = token.onCancellationRequested(abort);
  try {
    return (await runner.run(tool.name, input, stop.signal)).answer;
  } finally {
    subscription.dispose();
  }
}

/** What the user is asked: before a comparison, before anything that takes long, and before code is run. */
export function prepare(tool: Tool, input: object): vscode.PreparedToolInvocation {
  const { path, run_typescript } = input as { readonly path?: unknown; readonly run_typescript?: unknown };
  const file = typeof path === 'string' ? notice(excerpt(path)) : vscode.l10n.t('a snippet');
  const seconds = secondsOf(input) ?? USUAL_SECONDS;
  const runsCode = run_typescript === true && (typeof path !== 'string' || formOf(path) === 'tfjs');
  const told = [
    ...(tool.measures
      ? [
          vscode.l10n.t(
            'It opens a tab beside the editor and computes there for up to {0} s, on the GPU if there is one.',
            seconds,
          ),
        ]
      : seconds > USUAL_SECONDS
        ? [vscode.l10n.t('It may take up to {0} s.', seconds)]
        : []),
    ...(runsCode
      ? [vscode.l10n.t('It runs the model’s TypeScript in a sealed interpreter, without files or network.')]
      : []),
  ];
  return {
    invocationMessage: messageOf(tool, file),
    ...(told.length > 0 && {
      confirmationMessages: {
        title: messageOf(tool, file),
        message: [...told, vscode.l10n.t('No file is changed.')].join(' '),
      },
    }),
  };
}

function messageOf({ name }: Tool, file: string): string {
  switch (name) {
    case 'check_code':
      return vscode.l10n.t('Checking {0}', file);
    case 'read_model':
      return vscode.l10n.t('Reading the model of {0}', file);
    case 'compare_activations':
      return vscode.l10n.t('Comparing activations in {0}', file);
    default:
      return vscode.l10n.t('Explaining an activation function');
  }
}
