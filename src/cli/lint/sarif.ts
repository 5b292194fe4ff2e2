import { pathToFileURL } from 'node:url';
import type { Advice, Fix, Severity } from '../../advise/advice';
import type { Rule } from '../../advise/rule';
import { rules } from '../../advise/rules/index';
import type { Skipped } from '../../detect/skipped';
import { fingerprint } from './baseline';
import { type Finding, place } from './finding';

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', information: 'note' };

/** The findings as SARIF 2.1.0, which code hosts and editors read. */
export function sarif(
  findings: readonly Finding[],
  skipped: readonly Skipped[],
  page: (code: string) => string | undefined,
) {
  const driver = { name: 'Activation Lens', rules: rules.map((rule) => descriptor(rule, page(rule.code))) };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: skipped.map((each) => ({
              level: 'note',
              message: { text: each.reason },
              locations: [location(each)],
            })),
          },
        ],
        results: findings.map(result),
      },
    ],
  };
}

function descriptor({ code, severity, about, isOptional }: Omit<Rule, 'check'>, page: string | undefined) {
  return {
    id: code,
    shortDescription: { text: about.en },
    ...(page !== undefined && { help: { text: page, markdown: page } }),
    defaultConfiguration: { level: levels[severity], ...(isOptional && { enabled: false }) },
  };
}

function result(finding: Finding) {
  const { code, severity, message, related, fixes, measured } = finding;
  return {
    ruleId: code,
    ruleIndex: rules.findIndex((rule) => rule.code === code),
    level: levels[severity],
    message: { text: message },
    locations: [location(finding)],
    partialFingerprints: { 'activationLens/v1': fingerprint(finding) },
    ...(related.length > 0 && {
      relatedLocations: related.map((each, id) => ({ id, ...location(each), message: { text: each.message } })),
    }),
    ...(fixes.length > 0 && { fixes: fixes.map(repair) }),
    ...(measured && { properties: { measured } }),
  };
}

const uriOf = (file: string) => ({ uri: pathToFileURL(file).href });

function regionOf(at: Pick<Advice, 'range'>) {
  const { line, column, endLine, endColumn } = place(at);
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function location(at: Pick<Advice, 'range'>) {
  return { physicalLocation: { artifactLocation: uriOf(at.range.file), region: regionOf(at) } };
}

function repair({ title, edits }: Fix) {
  const files = [...new Set(edits.map(({ range }) => range.file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: uriOf(file),
      replacements: edits
        .filter(({ range }) => range.file === file)
        .map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.text } })),
    })),
  };
}
