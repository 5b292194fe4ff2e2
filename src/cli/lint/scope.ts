import { dirname, relative, resolve } from 'node:path';
import ignore from 'ignore';
import type { RuleSettings, ruleSettings } from '../../advise/configuration';
import { type ProjectSettings, projectSettings, readProjectSettings } from '../../advise/projectSettings';
import { rules } from '../../advise/rules/index';
import type { Source } from '../../source/source';
import { CliError } from '../host';

/** What the command line says of rules and settings. */
export interface ScopeOptions {
  readonly select?: readonly string[];
  readonly ignore?: readonly string[];
  readonly config?: string;
}

/** Which rules hold for which files: the project's settings, and what the command line says above them. */
export class LintScope {
  private readonly known = new Map<string, Promise<ProjectSettings | undefined>>();

  /** @throws CliError where a code is no rule's */
  constructor(
    private readonly source: Source,
    private readonly options: ScopeOptions,
  ) {
    for (const code of [...(options.select ?? []), ...(options.ignore ?? [])])
      if (!rules.some((rule) => rule.code === code))
        throw new CliError(`${code} is no rule; the rules are ${rules.map((rule) => rule.code).join(', ')}`);
  }

  /** The settings for a file; undefined where its project leaves it out. */
  async of(file: string): Promise<RuleSettings | undefined> {
    const project = await this.projectOf(file);
    if (project && isExcluded(file, project)) return undefined;
    const settings: Record<string, (typeof ruleSettings)[number]> = { ...project?.rules };
    const { select, ignore: left } = this.options;
    for (const { code, severity } of rules) {
      const isOff = (settings[code] ?? 'default') === 'off' || (settings[code] ?? 'default') === 'default';
      if (select) settings[code] = select.includes(code) ? (isOff ? severity : (settings[code] ?? severity)) : 'off';
      if (left?.includes(code)) settings[code] = 'off';
    }
    return settings;
  }

  private projectOf(file: string): Promise<ProjectSettings | undefined> {
    const { config } = this.options;
    const key = config ?? dirname(resolve(file));
    const known = this.known.get(key) ?? this.read(config, dirname(resolve(file)));
    this.known.set(key, known);
    return known;
  }

  private async read(config: string | undefined, folder: string): Promise<ProjectSettings | undefined> {
    try {
      if (config === undefined) return await projectSettings(this.source, foldersAbove(folder));
      const text = await this.source.read(config);
      if (!text) throw new Error(`${config}: there is no such file`);
      const found = readProjectSettings(config, text.text);
      if (!found) throw new Error(`${config} has no section [tool.activation-lens]`);
      return found;
    } catch (error) {
      throw new CliError(error instanceof Error ? error.message : String(error));
    }
  }
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

function isExcluded(file: string, { exclude, file: settings }: ProjectSettings): boolean {
  const inside = relative(dirname(resolve(settings)), resolve(file)).replaceAll('\\', '/');
  return (
    exclude.length > 0 &&
    !inside.startsWith('..') &&
    ignore()
      .add([...exclude])
      .ignores(inside)
  );
}
