// What the settings are where nobody set them. Apart from the editor's API, so that a test can hold it against the
// manifest, which states the same to the editor.
import { suggestedCandidates } from '../activations/catalogue';
import type { RuleSetting } from '../advise/configuration';
import type { LineChoice } from '../shapes/lines';

/** The settings by their names in the manifest, in its units. */
export interface SettingValues {
  readonly 'hover.enabled': boolean;
  readonly 'advice.enabled': boolean;
  readonly 'advice.models': boolean;
  readonly 'hints.enabled': boolean;
  /** By the rule's code. */
  readonly 'advice.rules': Readonly<Record<string, RuleSetting>>;
  readonly shapes: 'off' | LineChoice;
  readonly shapeNames: boolean;
  readonly 'codeLens.enabled': boolean;
  readonly 'statusBar.enabled': boolean;
  readonly 'completions.enabled': boolean;
  readonly 'inlineCompletions.enabled': boolean;
  readonly 'compare.candidates': readonly string[];
  /** Seconds. */
  readonly 'compare.budget': number;
  readonly 'compare.autostart': boolean;
  readonly pythonLibraryFolders: readonly string[];
}

export type SettingName = keyof SettingValues;

export const settingDefaults: SettingValues = {
  'hover.enabled': true,
  'advice.enabled': true,
  'advice.models': true,
  'hints.enabled': true,
  'advice.rules': {},
  shapes: 'off',
  shapeNames: false,
  'codeLens.enabled': true,
  'statusBar.enabled': true,
  'completions.enabled': true,
  'inlineCompletions.enabled': false,
  'compare.candidates': suggestedCandidates,
  'compare.budget': 10,
  'compare.autostart': true,
  pythonLibraryFolders: [],
};
