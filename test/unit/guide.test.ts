import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { languages } from '../../src/language/say';
import { root } from '../support/paths';

const guide = join(root, 'docs', 'guide');
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** Text of a page without its blocks of code, in which `#` is no heading and brackets are no links. */
const proseOf = (file: string) => readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');

const headingsOf = (file: string) =>
  [...proseOf(file).matchAll(/^(#+) (.+)$/gm)].map(([, marks, text]) => ({ marks, text }));

/** The anchor that a heading gets where Markdown is shown. */
const anchorOf = (heading = '') =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** Pages by their names without language and ending. */
const namesIn = (language: string) => {
  const ending = language === 'en' ? '.md' : `.${language}.md`;
  const isOwn = (file: string) => file.endsWith(ending) && (language !== 'en' || !/\.[a-z]+(-[a-z]+)?\.md$/.test(file));
  return readdirSync(guide)
    .filter(isOwn)
    .map((file) => file.slice(0, -ending.length));
};

const pageOf = (name: string, language: string) =>
  join(guide, language === 'en' ? `${name}.md` : `${name}.${language}.md`);

const pages = readdirSync(guide).map((file) => join(guide, file));

/** Relative targets of links and pictures. */
const targetsOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

describe('the guide', () => {
  it('has each page in each language, and no other file', () => {
    const names = namesIn('en');
    assert.ok(names.length > 10, names.join(', '));
    for (const language of languages) assert.deepEqual(namesIn(language), names, language);
    assert.equal(pages.length, names.length * languages.length);
  });

  it('has the same headings in each language, counted by their levels', () => {
    for (const name of namesIn('en')) {
      const own = headingsOf(pageOf(name, 'en')).map(({ marks }) => marks);
      assert.equal(own[0], '#', name);
      for (const language of languages)
        assert.deepEqual(
          headingsOf(pageOf(name, language)).map(({ marks }) => marks),
          own,
          `${name} in ${language}`,
        );
    }
  });

  it('shows the same pictures and the same number of terminal lines in each language', () => {
    const shown = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/!\[.*?\]\((.+?)\)/g)].map(([, src]) => src);
    const lines = (file: string) => readFileSync(file, 'utf8').match(/^activation-lens .*/gm)?.length ?? 0;
    for (const name of namesIn('en'))
      for (const language of languages) {
        assert.deepEqual(shown(pageOf(name, language)), shown(pageOf(name, 'en')), `${name} in ${language}`);
        assert.equal(lines(pageOf(name, language)), lines(pageOf(name, 'en')), `${name} in ${language}`);
      }
  });

  it('links to files, headings and pictures that are there', () => {
    let looked = 0;
    for (const page of pages)
      for (const target of targetsOf(page)) {
        looked++;
        const [path = '', anchor] = decodeURIComponent(target).split('#');
        const file = path === '' ? page : resolve(dirname(page), path);
        const where = `${relative(root, page)}: ${target}`;
        assert.ok(file.startsWith(root) && existsSync(file), where);
        if (anchor !== undefined)
          assert.ok(
            headingsOf(file).some(({ text }) => anchorOf(text) === anchor),
            where,
          );
      }
    assert.ok(looked > 100, `${looked} links`);
  });

  it('is reached from the README, and each page from the index of its language', () => {
    assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /\]\(docs\/guide\/README\.md\)/);
    for (const language of languages) {
      const linked = new Set(targetsOf(pageOf('README', language)));
      for (const name of namesIn(language))
        if (name !== 'README') assert.ok(linked.has(relative(guide, pageOf(name, language))), `${name} in ${language}`);
    }
  });
});

describe('the page of settings and commands', () => {
  const { commands, configuration } = json('package.json').contributes;
  /** Rows of tables, by what stands in the first cell. */
  const rowsOf = (language: string) =>
    new Map(
      [...proseOf(pageOf('settings-and-commands', language)).matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => {
        const [name = '', ...cells] = row.split(' | ');
        return [name, cells] as const;
      }),
    );

  for (const language of languages) {
    const words = json(language === 'en' ? 'package.nls.json' : `package.nls.${language}.json`);
    const rows = rowsOf(language);

    it(`has every command by its title: ${language}`, () => {
      for (const { command, title } of commands as { command: string; title: string }[])
        assert.ok(rows.has(words[title.replaceAll('%', '')]), `${command}: ${words[title.replaceAll('%', '')]}`);
    });

    it(`has every setting with its default and its values: ${language}`, () => {
      const all = Object.entries<{ default: unknown; enum?: string[] }>(configuration.properties);
      for (const [name, setting] of all) {
        const [told, about = ''] = rows.get(`\`${name}\``) ?? [];
        assert.equal(told, `\`${JSON.stringify(setting.default).replaceAll(',', ', ')}\``, name);
        for (const value of setting.enum ?? []) assert.ok(about.includes(`\`${value}\``), `${name}: ${value}`);
      }
    });
  }

  it('is the place of names that exist: no page has another', () => {
    const { colors } = json('package.json').contributes;
    const known = new Set([...Object.keys(configuration.properties), ...colors.map(({ id }: { id: string }) => id)]);
    for (const page of pages)
      for (const [name] of readFileSync(page, 'utf8').matchAll(/\bactivationLens\.[\w.]*\w/g))
        assert.ok(known.has(name), `${relative(root, page)}: ${name}`);
  });
});
