import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { CliError } from '../host';
import type { Finding } from './finding';

/** How often each known finding may occur. */
type Baseline = Readonly<Record<string, number>>;

/** What a finding is known by when lines move: its rule and the code that it is about. */
export function fingerprint({ code, lines }: Pick<Finding, 'code' | 'lines'>): string {
  return `${code} ${lines.map((each) => each.trim()).join(' ')}`;
}

function keyOf(finding: Finding, folder: string): string {
  const file = relative(folder, resolve(finding.range.file)).replaceAll('\\', '/');
  return `${file} ${fingerprint(finding)}`;
}

/** Writes the findings down as known. */
export async function writeBaseline(file: string, findings: readonly Finding[]): Promise<void> {
  const folder = dirname(resolve(file));
  const known: Record<string, number> = {};
  for (const key of findings.map((each) => keyOf(each, folder)).sort()) known[key] = (known[key] ?? 0) + 1;
  await writeFile(file, `${JSON.stringify({ version: 1, known }, null, 2)}\n`);
}

/**
 * The findings that are not known.
 * @throws CliError where the file is no baseline
 */
export async function leaveOutKnown(file: string, findings: readonly Finding[]): Promise<Finding[]> {
  const left = new Map(Object.entries(await readBaseline(file)));
  const folder = dirname(resolve(file));
  return findings.filter((each) => {
    const key = keyOf(each, folder);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

async function readBaseline(file: string): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file}: there is no such baseline; --write-baseline ${file} makes one`);
  });
  try {
    const { version, known } = JSON.parse(text) as { version?: unknown; known?: unknown };
    const isKnown = typeof known === 'object' && known !== null && Object.values(known).every(Number.isInteger);
    if (version === 1 && isKnown) return known as Baseline;
  } catch {
    // Said below.
  }
  throw new CliError(`${file} is no baseline of this version; --write-baseline ${file} makes one`);
}
