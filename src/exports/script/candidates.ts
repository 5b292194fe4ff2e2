/** Candidates as Python: modules of PyTorch, or classes that are written into the script. */
import { catalogue, findActivation } from '../../activations/catalogue';
import { operationOf } from '../../activations/operation';
import type { Activation } from '../../activations/types';
import type { CandidateReport } from '../../compare/report';
import { activationOf } from '../../compare/standing';
import { say } from '../../language/say';
import { ExportError } from '../exportError';
import { classLines, classNameOf } from './formula';
import { literalOf } from './literal';

export interface ScriptCandidate {
  /** Unique among them. */
  readonly name: string;
  readonly report: CandidateReport;
  readonly entry: Activation;
  /** A function of what it must fit: `lambda fit: nn.GELU()`. */
  readonly make: string;
}

/** What PyTorch's module is called with: what is not its default. */
function moduleCall(entry: Activation, module: string, parameters: CandidateReport['parameters']): string {
  const { shape } = entry;
  const written = entry.parameters.flatMap(({ name, default: usual, required }) => {
    if (name === 'inplace') return [];
    if (name === 'dim' && (shape === 'along-dimension' || shape === 'gated')) return ['dim=fit["dim"]'];
    const value = parameters[name] ?? usual;
    return value === usual && !required ? [] : [`${name}=${literalOf(value)}`];
  });
  return `nn.${module}(${written.join(', ')})`;
}

/** @throws ExportError where the catalogue has no such activation */
function entryOfReport(candidate: CandidateReport): Activation {
  const { title } = candidate;
  const entry = catalogue.get(activationOf(candidate)) ?? findActivation(title);
  if (!entry) throw new ExportError(say('"{0}" is no activation that the catalogue knows', title));
  return entry;
}

/** Candidates beside the baseline, and the lines of the classes that they need. */
export function scriptCandidates(reports: readonly CandidateReport[]): {
  readonly candidates: readonly ScriptCandidate[];
  readonly classes: readonly string[];
} {
  const classes = new Map<string, string>();
  const candidates: ScriptCandidate[] = [];
  const unique = (base: string, isTaken: (name: string) => boolean) => {
    for (let count = 1; ; count++) {
      const name = count === 1 ? base : `${base}_${count}`;
      if (!isTaken(name)) return name;
    }
  };
  for (const report of reports) {
    const entry = entryOfReport(report);
    const { parameters } = operationOf(entry, report.parameters);
    const name = unique(entry.id, (taken) => candidates.some((each) => each.name === taken));
    const [module] = entry.spellings.modules ?? [];
    if (module) {
      candidates.push({ name, report, entry, make: `lambda fit: ${moduleCall(entry, module, parameters)}` });
      continue;
    }
    const nameOfClass = unique(classNameOf(entry), (taken) => classes.has(taken));
    classes.set(nameOfClass, classLines(nameOfClass, entry, parameters).join('\n'));
    const perChannel = entry.learned?.some(({ per }) => per === 'channel');
    candidates.push({
      ...{ name, report, entry },
      make: `lambda fit: ${nameOfClass}(${perChannel ? 'fit["channels"]' : ''})`,
    });
  }
  if (candidates.length === 0)
    throw new ExportError(
      say('The report has no candidate beside the model as written, so there is nothing to compare.'),
    );
  return { candidates, classes: [...classes.values()].flatMap((text) => ['', '', ...text.split('\n')]) };
}
