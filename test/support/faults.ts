/** What the product tells of faulty models: the finding, and the fault behind it. */
import { readFileSync } from 'node:fs';
import type { Advice } from '../../src/advise/advice';
import { advise } from '../../src/advise/engine';
import { adviseModels } from '../../src/advise/models/adviseModels';
import { CodeTexts } from '../../src/advise/texts';
import { extractModel, listModels } from '../../src/extract/extract';
import type { Fault } from '../../src/graph/fault';
import type { Source } from '../../src/source/source';
import { MemorySource } from './python';
import { testSyntax } from './syntax';

/** Milliseconds for one model: the tests may share a machine. */
const LONGEST = 20_000;

/** What models of a file end in, and what is told of that, beside what its syntax shows. */
export async function faultsIn(
  file: string,
  text = readFileSync(file, 'utf8'),
  source: Source = new MemorySource({ [file]: text }),
): Promise<{ readonly faults: readonly Fault[]; readonly told: readonly Advice[]; readonly known: readonly Advice[] }> {
  const faults: Fault[] = [];
  for (const { expression } of await listModels(testSyntax(), { file, text, version: 1 })) {
    const request = { syntax: testSyntax(), source, file, expression, budget: { milliseconds: LONGEST } };
    const { fault } = await extractModel(request);
    if (fault) faults.push(fault);
  }
  const texts = new CodeTexts([{ file, text, version: 1 }]);
  const known = await advise(testSyntax(), { file, text, version: 1 });
  const told = adviseModels([], { texts, isOwn: (each) => each === file, faults, known });
  return { faults, told, known };
}
