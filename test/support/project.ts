/** Files as a project that knows which of them mention a name. */
import { mayUse, rankByDistance } from '../../src/extract/callers';
import { type Extraction, type ExtractRequest, extractModel } from '../../src/extract/extract';
import { MemorySource } from './python';
import { testSyntax } from './syntax';

/** Reads the first of some files among the others. */
export function readAmong(files: Record<string, string>, asked: Partial<ExtractRequest> = {}): Promise<Extraction> {
  const [file = ''] = Object.keys(files);
  const callers = async (name: string, from: string) =>
    rankByDistance(
      Object.entries(files).flatMap(([other, text]) => (mayUse(text, name) ? [other] : [])),
      from,
    );
  return extractModel({ syntax: testSyntax(), source: new MemorySource(files), file, callers, ...asked });
}
