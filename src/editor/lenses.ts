import * as vscode from 'vscode';
import type { ModelCandidate } from '../extract/models';
import { excerpt } from '../language/legible';
import type { CompareTarget } from '../protocol/model';
import { countsText } from '../shapes/counts';
import type { ActiveModels } from './activeModels';
import { commands } from './commands';
import type { Documents } from './documents';
import { grammarOf, selector } from './languages';
import type { ModelReadings } from './modelReadings';
import { toRange } from './ranges';
import { section, settings } from './settings';
import type { ShapesOffer } from './shapesOffer';

/** `Compare activations` and `Check this model` above each model; how large it is, once it was read; the offer to show shapes, once. */
export function register(
  documents: Documents,
  active: ActiveModels,
  readings: ModelReadings,
  offer: ShapesOffer,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document, token) {
      const models = await documents.models(document);
      if (token.isCancellationRequested) return [];
      active.tell(document, models);
      if (!settings(document).codeLens) return [];
      const counts = new Map<string, string>();
      for (const { candidate, extraction } of readings.resultsOf(document))
        if (extraction.ok) counts.set(candidate.expression, countsText(extraction.graph));
      const [likeliest] = [...models].sort((a, b) => b.score - a.score);
      // What runs no code of the user's, and what was run because the user asked.
      const isOffered = grammarOf(document) === 'python' || counts.size > 0;
      const offered = likeliest && isOffered && offer.isOpenFor(document) ? likeliest : undefined;
      return models.flatMap((model) => [
        ...actionLenses(document, model),
        ...(counts.has(model.expression) ? [countsLens(model, counts.get(model.expression) ?? '')] : []),
        ...(model === offered ? [offerLens(model)] : []),
      ]);
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(selector, provider),
    readings.onDidRead(() => changed.fire()),
    offer.onDidEnd(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.codeLens`) || event.affectsConfiguration(`${section}.shapes`))
        changed.fire();
    }),
  );
}

function actionLenses(document: vscode.TextDocument, model: ModelCandidate): vscode.CodeLens[] {
  const target: CompareTarget = { file: document.uri.toString(), expression: model.expression };
  const range = toRange(model.range);
  const name = excerpt(model.name);
  return [
    new vscode.CodeLens(range, {
      command: commands.compare,
      title: vscode.l10n.t('Compare activations'),
      tooltip: vscode.l10n.t('Measure {0} with other activation functions on this machine', name),
      arguments: [target],
    }),
    new vscode.CodeLens(range, {
      command: commands.check,
      title: vscode.l10n.t('Check this model'),
      tooltip: vscode.l10n.t(
        'Measure signal, gradient, dead units and weights of {0} as it stands, in a few seconds',
        name,
      ),
      arguments: [target],
    }),
  ];
}

/** Words alone: there is nothing to run. */
const countsLens = (model: ModelCandidate, counts: string): vscode.CodeLens =>
  new vscode.CodeLens(toRange(model.range), {
    command: '',
    title: counts,
    tooltip: vscode.l10n.t(
      'Multiply-adds are those of convolutions, linear layers, matrix products, attention and recurrent cells, for an input of this size',
    ),
  });

const offerLens = (model: ModelCandidate): vscode.CodeLens =>
  new vscode.CodeLens(toRange(model.range), {
    command: commands.toggleShapes,
    title: vscode.l10n.t('Show shapes'),
    tooltip: vscode.l10n.t('Show what comes out at the ends of the model’s lines'),
  });
