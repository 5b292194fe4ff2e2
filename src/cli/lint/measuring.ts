import type { Advice } from '../../advise/advice';
import { listModels } from '../../extract/models';
import { excerpt, MESSAGE } from '../../language/legible';
import { modelOf, type PricedModel, pricedFinding } from '../../price/finding';
import type { PriceReport } from '../../price/report';
import { pricingOf } from '../../price/rules';
import { conclusions, conditions } from '../../price/words';
import { runPrice } from '../../run/price';
import type { Runtime } from '../../run/runtime';
import { LibrarySource } from '../../source/libraries';
import { NotebookSource } from '../../source/notebookSource';
import { projectCallers } from '../callers';
import type { CliHost } from '../host';
import { librariesFor } from '../libraries';

/** What a finding costs, or why that could not be measured. */
export type MeasuredCost =
  | { readonly report: PriceReport; readonly conclusions: readonly string[] }
  | { readonly why: string };

/** What is printed below a finding. */
export function measuredLines(measured: MeasuredCost): string[] {
  if ('why' in measured) return [`not measured: ${measured.why}`];
  const { conclusions: told, report } = measured;
  const lines = [...told, conditions(report), ...report.notes];
  return lines.map((line, i) => (i === 0 ? `measured: ${line}` : line));
}

const messageOf = (error: unknown) => excerpt(error instanceof Error ? error.message : String(error), MESSAGE);

/** Measures findings: each model is read once, and ONNX Runtime is loaded when the first is. */
export class Measuring {
  private runtime: Promise<Runtime> | undefined;
  private readonly models = new Map<string, Promise<PricedModel>>();
  private readonly callers = projectCallers();

  constructor(private readonly host: CliHost) {}

  /**
   * @param advice its files by their whole paths
   * @param text of the file that it is in
   * @returns undefined where what the rule says is no matter of numbers
   */
  async measure(advice: Advice, text: string): Promise<MeasuredCost | undefined> {
    if (!pricingOf(advice.code)) return undefined;
    try {
      const { file } = advice.range;
      const models = await listModels(this.host.syntax, { file, text, version: 0 });
      const model = await this.read(file, modelOf(advice, models, text));
      this.runtime ??= this.host.openRuntime();
      const runtime = await this.runtime;
      const report = await runPrice({ finding: pricedFinding(advice, text), model }, runtime);
      return { report, conclusions: conclusions(report) };
    } catch (error) {
      return { why: messageOf(error) };
    }
  }

  async dispose(): Promise<void> {
    await (await this.runtime?.catch(() => undefined))?.dispose();
  }

  private read(file: string, expression: string | undefined): Promise<PricedModel> {
    const key = `${file}:${expression ?? ''}`;
    const known = this.models.get(key) ?? this.readModel(file, expression);
    this.models.set(key, known);
    return known;
  }

  private async readModel(file: string, expression: string | undefined): Promise<PricedModel> {
    const source = new LibrarySource(new NotebookSource(this.host.source), await librariesFor(file, []));
    const request = { file, expression, choosesSizes: true, compared: true };
    const { extraction, batched, training } = await this.host.reader.read(request, { source, callers: this.callers });
    if (!extraction.ok) throw new Error(extraction.problem.message);
    const { graph, argumentOrigin } = extraction;
    return { graph, batched, training, guessesArguments: argumentOrigin?.isGuess };
  }
}
