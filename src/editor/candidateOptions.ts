import * as vscode from 'vscode';
import { catalogue, defaultParameters, isCandidate, isGatedCandidate } from '../activations/catalogue';
import { facts } from '../activations/facts';
import type { Activation, ParameterSpec } from '../activations/types';
import { candidateId, candidateTitle } from '../compare/candidate';
import type { SwapSite } from '../compare/report';
import type { ActivationParameters, Scalar } from '../graph/types';
import type { ComparePanelTarget } from '../panel/compareServices';
import type { CandidateFamily, CandidateOption } from '../protocol/compare';
import { Refusal } from './replacement';
import { settings } from './settings';

/** Everything of the catalogue that can stand in for the chosen sites, with the user's choice ticked. */
export function candidateOptions(request: ComparePanelTarget, selected: readonly SwapSite[]): CandidateOption[] {
  const asked = request.run?.candidates ?? [];
  const wished = new Set(asked.length > 0 ? asked : settings(vscode.Uri.parse(request.file, true)).candidates);
  if (request.activation) wished.add(request.activation);
  const [first, ...rest] = new Set(selected.map((site) => site.activation));
  const baseline = rest.length === 0 ? first : undefined;
  // What halves its input can only be replaced by what does so, too.
  const gated = selected.length > 0 && selected.every(({ activation }) => catalogue.get(activation)?.shape === 'gated');
  return [...catalogue.values()].filter(gated ? isGatedCandidate : isCandidate).map((activation) => ({
    ...optionOf(activation, defaultParameters(activation)),
    // The model as written is measured anyway.
    selected: wished.has(activation.id) && activation.id !== baseline,
  }));
}

/**
 * An activation with other settings, as a candidate.
 * @throws Refusal where the catalogue has no such activation or parameter, or it takes no such value
 */
export function settingOption(id: string, asked: ActivationParameters): CandidateOption {
  const activation = catalogue.get(id);
  if (!activation) throw new Refusal(vscode.l10n.t('There is no activation function {0}.', id));
  const parameters: Record<string, Scalar> = { ...defaultParameters(activation) };
  for (const [name, value] of Object.entries(asked)) {
    const spec = activation.parameters.find((each) => each.name === name);
    if (!spec || !takes(spec, value))
      throw new Refusal(vscode.l10n.t('{0} of {1} can’t be {2}.', name, activation.title, String(value)));
    parameters[name] = value;
  }
  return optionOf(activation, parameters);
}

function takes({ default: usual, choices, integer }: ParameterSpec, value: Scalar): boolean {
  if (choices) return typeof value === 'string' && choices.includes(value);
  if (typeof value !== typeof usual) return false;
  return typeof value !== 'number' || (Number.isFinite(value) && (!integer || Number.isInteger(value)));
}

function optionOf(activation: Activation, parameters: ActivationParameters): CandidateOption {
  return {
    id: candidateId(activation, parameters),
    activation: activation.id,
    title: candidateTitle(activation, parameters),
    parameters,
    selected: false,
    family: familyOf(activation),
    adjusts: activation.parameters
      .filter(({ numeric, default: usual }) => numeric && typeof usual !== 'boolean')
      .map(({ name, choices }) => ({ name, ...(choices && { choices: [...choices] }) })),
    ...curveOf(activation, parameters),
  };
}

/** By what can be computed of the function. */
function familyOf(activation: Activation): CandidateFamily {
  if (activation.shape === 'gated') return 'gated';
  if (activation.learned) return 'learned';
  const found = facts(activation, defaultParameters(activation));
  if (!found) return 'row';
  const { range, smooth } = found;
  if (Number.isFinite(range.low) && Number.isFinite(range.high)) return 'bounded';
  return smooth ? 'smooth' : 'piecewise';
}

/** The function, for the head of its row. */
function curveOf({ value }: Activation, parameters: ActivationParameters): Pick<CandidateOption, 'curve'> {
  if (!value) return {};
  const curve = Array.from({ length: 31 }, (_, i) => value((i - 15) / 5, parameters));
  return curve.every(Number.isFinite) ? { curve } : {};
}
