import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../src/advise/rules/index';
import { settingDefaults } from '../../src/editor/settingDefaults';
import { languages } from '../../src/language/say';
import { literalsOf } from '../support/literals';
import { root } from '../support/paths';

const json = (file: string): Record<string, string> => JSON.parse(readFileSync(join(root, file), 'utf8'));

const translations = languages.filter((language) => language !== 'en');

/** The languages of a folder's files, by the group of a pattern. */
const languagesIn = (folder: string, name: RegExp) =>
  readdirSync(join(root, folder)).flatMap((file) => name.exec(file)?.[1] ?? []);

/** What the editor's own code hands to its translation. */
async function runtimeStrings(): Promise<Set<string>> {
  const literals = await literalsOf(['src/editor', 'src/panel']);
  const translated = literals.filter(({ callees, isFirst }) => isFirst && /(^|\.)l10n\.t$/.test(callees[0] ?? ''));
  let calls = 0;
  for (const folder of ['src/editor', 'src/panel'])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.ts'))
        calls += readFileSync(join(root, folder, file), 'utf8').match(/l10n\.t\(/g)?.length ?? 0;
  assert.equal(translated.filter(({ isTemplate }) => !isTemplate).length, calls, 'every l10n.t begins with a literal');
  return new Set(translated.map(({ text }) => text));
}

describe('words of the editor', () => {
  it('have files of each language, and of no other', () => {
    assert.deepEqual(languagesIn('l10n', /^bundle\.l10n\.(.+)\.json$/), translations);
    assert.deepEqual(languagesIn('.', /^package\.nls\.(.+)\.json$/), translations);
    for (const { code } of rules)
      for (const language of translations)
        assert.ok(existsSync(join(root, 'docs', 'rules', `${code}.${language}.md`)), `${code} in ${language}`);
  });

  for (const language of translations) {
    const bundle = json(`l10n/bundle.l10n.${language}.json`);

    it(`have a translation for every runtime string, and none to spare: ${language}`, async () => {
      assert.deepEqual(Object.keys(bundle).sort(), [...(await runtimeStrings())].sort());
    });

    it(`keep every placeholder in the translation: ${language}`, () => {
      for (const [english, words] of Object.entries(bundle)) {
        const places = (text: string) => (text.match(/\{\d\}/g) ?? []).sort();
        assert.deepEqual(places(words), places(english), english);
      }
    });

    it(`are all there in the manifest: ${language}`, () => {
      const english = json('package.nls.json');
      assert.deepEqual(Object.keys(json(`package.nls.${language}.json`)), Object.keys(english));
    });
  }

  it('are all used in the manifest', () => {
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(json('package.nls.json')).sort());
  });
});

describe('Chinese', () => {
  it('closes each bracket as it opened it', () => {
    const files = ['l10n', 'src', 'webview', 'docs', '.']
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) =>
          join(folder, name),
        ),
      )
      .filter((name) => /\.(ts|md|json)$/.test(name));
    let looked = 0;
    for (const file of files)
      for (const [index, line] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
        if (!/[（）]/.test(line)) continue;
        looked++;
        // What stands between no other brackets is taken away until nothing is left to take.
        let rest = line.replace(/[^()（）]/g, '');
        for (let before = ''; before !== rest; ) {
          before = rest;
          rest = rest.replace(/\(\)|（）/g, '');
        }
        assert.doesNotMatch(rest, /[（）]/, `${file}:${index + 1}: ${line}`);
      }
    assert.ok(looked > 30, `${looked} lines with Chinese brackets`);
  });
});

describe('manifest', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  it('keeps commands in one category and settings in one namespace', () => {
    for (const command of manifest.contributes.commands) {
      assert.equal(command.category, 'Activation Lens');
      assert.match(command.command, /^activationLens\./);
    }
    for (const [name, setting] of Object.entries<{ default?: unknown; scope?: string }>(
      manifest.contributes.configuration.properties,
    )) {
      assert.match(name, /^activationLens\.[a-z][\w.]*$/);
      assert.notEqual(setting.default, undefined, name);
      // They are read for a file: the editor's log has a line for each look at one of another scope.
      assert.match(setting.scope ?? '', /^(?:resource|machine-overridable)$/, name);
    }
  });

  it('states the defaults that the code has', () => {
    const defaults = Object.entries<{ default: unknown }>(manifest.contributes.configuration.properties).map(
      ([name, setting]) => [name.replace('activationLens.', ''), setting.default],
    );
    assert.deepEqual(Object.fromEntries(defaults), settingDefaults);
  });

  it('describes every rule in the setting that turns rules off', () => {
    const setting = manifest.contributes.configuration.properties['activationLens.advice.rules'];
    const values = ({ markdownDescription: _, ...rest }: Record<string, unknown>) => rest;
    assert.deepEqual(
      Object.keys(setting.properties),
      rules.map(({ code }) => code),
    );
    for (const [code, property] of Object.entries<Record<string, unknown>>(setting.properties)) {
      assert.equal(property.markdownDescription, `%setting.advice.rules.${code}%`);
      assert.deepEqual(values(property), setting.additionalProperties);
    }
    for (const { code, about } of rules) {
      assert.equal(json('package.nls.json')[`setting.advice.rules.${code}`], about.en, 'npm run rules');
      assert.equal(json('package.nls.zh-cn.json')[`setting.advice.rules.${code}`], about['zh-cn'], 'npm run rules');
    }
  });

  it('describes each setting by what it controls', () => {
    for (const [key, text] of Object.entries(json('package.nls.json'))) {
      if (/^setting\.[\w.]+$/.test(key) && !/rules\.(default|error|warning|information|off)$/.test(key))
        assert.match(text, /^Controls /, key);
    }
  });

  it('names commands in its menus and keys that exist', () => {
    const known = new Set(manifest.contributes.commands.map((command: { command: string }) => command.command));
    const menus = Object.values<{ command: string }[]>(manifest.contributes.menus).flat();
    for (const { command } of [...menus, ...manifest.contributes.keybindings]) assert.ok(known.has(command), command);
  });

  it('ships the pictures that it names', () => {
    const pictures = manifest.contributes.walkthroughs.flatMap((walkthrough: { steps: { media: { svg: string } }[] }) =>
      walkthrough.steps.map((step) => step.media.svg),
    );
    const named = ['package.nls.json', ...translations.map((each) => `package.nls.${each}.json`)].flatMap((file) => {
      const words = json(file);
      return pictures.map((picture: string) => words[picture.replaceAll('%', '')] ?? '');
    });
    assert.equal(new Set(named).size, languages.length * pictures.length);
    for (const picture of [manifest.icon, ...named]) assert.ok(existsSync(join(root, picture)), picture);
  });
});
