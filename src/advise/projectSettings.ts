import { parse as parseToml } from 'smol-toml';
import * as v from 'valibot';
import { say } from '../language/say';
import type { Source } from '../source/source';
import { type RuleSettings, ruleSettings } from './configuration';
import { rules } from './rules/index';

/** What a project says of its rules, in `pyproject.toml` or `activation-lens.json`. */
export interface ProjectSettings {
  readonly rules: RuleSettings;
  /** Patterns of files that are not looked at, as git writes them. */
  readonly exclude: readonly string[];
  /** Where it stands. */
  readonly file: string;
}

const schema = v.strictObject({
  rules: v.optional(v.record(v.string(), v.picklist(ruleSettings)), {}),
  exclude: v.optional(v.array(v.string()), []),
});

/** The files that may hold settings, by name; the first that does is taken. */
export const settingFiles = ['activation-lens.json', 'pyproject.toml'] as const;

/**
 * The settings in a text.
 * @returns undefined where a `pyproject.toml` has none
 * @throws an error that names the file and what is wrong in it
 */
export function readProjectSettings(file: string, text: string): ProjectSettings | undefined {
  let content: unknown;
  try {
    content = file.endsWith('.json') ? JSON.parse(text) : sectionOf(parseToml(text));
  } catch (error) {
    throw new Error(say('{0} can’t be read: {1}', file, error instanceof Error ? error.message : String(error)));
  }
  if (content === undefined) return undefined;
  const read = v.safeParse(schema, content);
  if (!read.success) {
    const [issue] = read.issues;
    const place = v.getDotPath(issue) ?? '';
    throw new Error(say('In {0}, {1} is not as it must be: {2}', file, place, issue.message));
  }
  const unknown = Object.keys(read.output.rules).find((code) => !rules.some((rule) => rule.code === code));
  if (unknown !== undefined) throw new Error(say('In {0}, {1} is no rule; docs/rules lists them', file, unknown));
  return { ...read.output, file };
}

function sectionOf(toml: Record<string, unknown>): unknown {
  const tool = toml.tool;
  return typeof tool === 'object' && tool !== null && !Array.isArray(tool)
    ? (tool as Record<string, unknown>)['activation-lens']
    : undefined;
}

/** The settings of the nearest of some folders that has any; they are paths or addresses, nearest first. */
export async function projectSettings(
  source: Source,
  folders: readonly string[],
): Promise<ProjectSettings | undefined> {
  for (const folder of folders)
    for (const name of settingFiles) {
      const text = await source.read(`${folder}/${name}`).catch(() => undefined);
      const found = text && readProjectSettings(text.file, text.text);
      if (found) return found;
    }
  return undefined;
}
