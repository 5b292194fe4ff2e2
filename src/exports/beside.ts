/** Two reports beside each other: before and after a change of the model, as Markdown. */
import type { CandidateReport, Environment, Report } from '../compare/report';
import { isApart } from '../compare/statistics';
import { verdictWords } from '../compare/verdictWords';
import { code, type Markdown, md } from '../language/markdown';
import { say } from '../language/say';
import { type DecidingColumn, decidingColumns, deviceText, differs, none, row, timeOf } from './markdown';

/** A report, and what it is called beside the other: a file, a branch, a day. */
export interface NamedReport {
  readonly name: string;
  readonly report: Report;
}

/** The models as they stood in the code: what decides of each, and what differs for sure. */
export function writeBeside(before: NamedReport, after: NamedReport): string {
  const both = [before, after];
  const lines = [
    md`# ${say('Before and after')}`,
    md``,
    ...both.map(({ name, report }, i) => {
      const { model, created, environment } = report;
      const told = say(
        '{0} parameters, measured {1} on {2}',
        model.parameters,
        timeOf(created),
        deviceText(environment),
      );
      return md`${i + 1}. ${code(name)}: ${code(model.name)}, ${told}`;
    }),
    md``,
    ...tableOf(before, after),
    md``,
    md`- ${say('{0}: the intervals of both have nothing in common.', differs)}`,
    md`- ${timesText(before.report.environment, after.report.environment)}`,
    ...both.flatMap(({ name, report }) =>
      report.complete ? [] : [md`- ${say('{0} did not come to its end.', name)}`],
    ),
    md``,
    ...both.flatMap(({ name, report }) => {
      if (report.candidates.length < 2) return [];
      return [code(name), md``, ...verdictWords(report).map((sentence) => md`- ${sentence}`), md``];
    }),
  ];
  return lines.map(({ markdown }) => `${markdown}\n`).join('');
}

function tableOf(before: NamedReport, after: NamedReport): Markdown[] {
  const [old, now] = [before.report.candidates[0], after.report.candidates[0]];
  return [
    row([md`${say('as written')}`, code(before.name), code(after.name)]),
    row([md`---`, md`---:`, md`---:`]),
    ...decidingColumns().flatMap((column) => {
      const [head, cell] = column;
      const [left, right] = [old && cell(old), now && cell(now)];
      if ([left, right].every((text) => text === undefined || text === '0')) return [];
      const mark = old && now && isDifferent(column, old, now) ? ` ${differs}` : '';
      return [
        row([md`${head}`, left === undefined ? none : md`${left}`, right === undefined ? none : md`${right}${mark}`]),
      ];
    }),
  ];
}

function isDifferent([, , score]: DecidingColumn, old: CandidateReport, now: CandidateReport): boolean {
  const [one, other] = [score && old.scores?.[score], score && now.scores?.[score]];
  return one !== undefined && other !== undefined && isApart(one, other) === true;
}

/** Times of two runs are never claimed to differ: the machine was not the same twice. */
const timesText = (before: Environment, after: Environment): string =>
  deviceText(before) === deviceText(after)
    ? say('Times are of two runs, between which the machine may have had other work: none is claimed to differ.')
    : say('Times are of different devices and can’t be compared.');
