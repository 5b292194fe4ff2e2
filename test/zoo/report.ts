import type { Exclusion } from './find';
import type { Outcome } from './read';

/** A message without what is particular to a file: places, numbers, names, first of all the model's own. */
export function kindOf(message: string, name = ''): string {
  const own = name === '' ? message : message.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '·');
  return own
    .replace(/ \([^()]*\.py:\d+\)/g, '')
    .replace(/(?<!\w)(['"‘“`]).{0,80}?['"’”`](?!\w)/g, '…')
    .replace(/(?<=the arguments? ).*?(?=, which)/, '·')
    .replace(/(?<=; (?:set what is missing, or )?write (?:it|them)): .*$/, '')
    .replace(/\b[\w.]*(?:[._]\w|[a-z][A-Z])[\w.]*(\(\))?/g, '·')
    .replace(/\d+(?:[.,×x]\d+)*/g, '#')
    .replace(/#(?:, #)+/g, '#')
    .replace(/·(?:, ·)+/g, '·')
    .slice(0, 160);
}

interface Group {
  readonly kind: string;
  readonly count: number;
  readonly example: string;
}

/** Kinds of message, the most frequent first. */
export function groupsOf(
  messages: readonly { readonly message: string; readonly name: string; readonly where: string }[],
): Group[] {
  const groups = new Map<string, { count: number; example: string }>();
  for (const { message, name, where } of messages) {
    const kind = kindOf(message, name);
    const group = groups.get(kind) ?? { count: 0, example: `${where}: ${message}` };
    group.count += 1;
    groups.set(kind, group);
  }
  return [...groups].map(([kind, group]) => ({ kind, ...group })).sort((a, b) => b.count - a.count);
}

const share = (part: number, whole: number) =>
  `${part} of ${whole}${whole > 0 ? `, ${((100 * part) / whole).toFixed(0)} %` : ''}`;

function countBy(items: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([item, count]) => `${count} ${item}`)
    .join('; ');
}

/** The figures in a line each, and the groups of what was not read. */
export function reportLines(
  outcomes: readonly Outcome[],
  exclusions: readonly Exclusion[],
  place: (outcome: Outcome) => string,
  most = 25,
): string[] {
  const of = (kind: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === kind);
  const read = of('read');
  const refused = of('refused');
  const valued = outcomes.filter(({ forInput }) => forInput !== undefined);
  const agreed = refused.filter(({ verdict }) => verdict?.verdict === 'verified').length;
  const judged = read.filter(({ verdict }) => verdict);
  const by = (verdict: string) => judged.filter((each) => each.verdict?.verdict === verdict);
  const times = outcomes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
  const failures = (list: readonly Outcome[]) =>
    groupsOf(list.map((each) => ({ message: each.message ?? '', name: each.name, where: place(each) })));
  const table = (title: string, groups: readonly Group[]) =>
    groups.length === 0
      ? []
      : [
          '',
          title,
          ...groups
            .slice(0, most)
            .flatMap(({ kind, count, example }) => [
              `${String(count).padStart(5)}  ${kind}`,
              `       e.g. ${example.slice(0, 300)}`,
            ]),
          ...(groups.length > most ? [`       and ${groups.length - most} kinds more`] : []),
        ];
  const verdicts = (kind: string) =>
    groupsOf(by(kind).map((each) => ({ message: each.verdict?.reason ?? '', name: each.name, where: place(each) })));
  return [
    `models     ${outcomes.length} (${countBy(outcomes.map(({ kind }) => kind))})`,
    `excluded   ${exclusions.length} (${countBy(exclusions.map(({ reason }) => reason))})`,
    `read       ${share(read.length, outcomes.length)}`,
    ...(judged.length > 0
      ? [
          `  verified   ${share(by('verified').length, read.length)} of those read`,
          `  unverified ${by('unverified').length}`,
          `  WRONG      ${by('wrong').length}`,
        ]
      : ['  none of them judged: name a Python with torch in --judge']),
    `  inputs     ${countBy(read.map(({ origin }) => origin ?? ''))}`,
    `  arguments  ${read.filter(({ chosen }) => chosen !== undefined).length} of them with sizes that were chosen`,
    `questions  ${share(of('question').length, outcomes.length)}`,
    `refused    ${share(refused.length, outcomes.length)}${agreed > 0 ? `; PyTorch does not build ${agreed} of them either` : ''}`,
    ...(valued.length > 0
      ? [
          `  go by values ${valued.length}; ${share(valued.filter((each) => each.forInput === 'read').length, valued.length)} of these read for one input`,
        ]
      : []),
    `time limit ${of('timeout').length}, crashed ${of('crash').length}`,
    `time       median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, most ${at(1)} ms`,
    ...table('WRONG', verdicts('wrong')),
    ...table('questions', failures(of('question'))),
    ...table('refused', failures([...refused, ...of('timeout'), ...of('crash')])),
    ...table(
      'refused for one input',
      groupsOf(
        valued
          .filter(({ forInput }) => forInput !== 'read')
          .map((each) => ({ message: each.forInput ?? '', name: each.name, where: place(each) })),
      ),
    ),
    ...table('unverified', verdicts('unverified')),
  ];
}
