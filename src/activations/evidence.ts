import { itemOr } from '../graph/access';
import { derfRows } from './published/derf';
import { detectionRows } from './published/detection';
import { goluRows } from './published/golu';
import { imageRows } from './published/images';
import { languageRows } from './published/language';
import type { PublishedTask } from './tasks';
import type { Citation } from './types';

const rows = [...imageRows, ...goluRows, ...derfRows, ...languageRows, ...detectionRows];

/** Decimals of a row's cells, as the table has them: 72.0 beside 74.2. */
export function decimals({ value, against, others = [] }: Citation): number {
  const all = [value, ...Object.values(against), ...others.map((other) => other.value)];
  return Math.max(...all.map((cell) => itemOr(String(cell).split('.'), 1, '').length));
}

/** Every published row in which the activation takes part. */
export function evidenceFor(id: string): Citation[] {
  return rows.flatMap(({ cells, ...row }) => {
    const value = cells[id];
    if (value === undefined) return [];
    return [{ ...row, value, against: Object.fromEntries(Object.entries(cells).filter(([key]) => key !== id)) }];
  });
}

/** Where an activation stands in the rows of one task: ties for the first place count as first. */
export interface PublishedStanding {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

/** Of the rows that have another activation of the catalogue; undefined where there is none. */
export function standingIn(task: PublishedTask, evidence: readonly Citation[]): PublishedStanding | undefined {
  const compared = evidence.filter((row) => row.task === task && Object.keys(row.against).length > 0);
  if (compared.length === 0) return undefined;
  const isBehindNone = ({ value, against, better }: Citation, sign: 1 | -1) =>
    Object.values(against).every((other) => sign * (better === 'higher' ? value - other : other - value) >= 0);
  return {
    rows: compared.length,
    first: compared.filter((row) => isBehindNone(row, 1)).length,
    last: compared.filter((row) => isBehindNone(row, -1)).length,
  };
}
