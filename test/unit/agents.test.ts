import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { page, quote } from '../../src/agents/bounded';
import { type ArgumentFields, readArguments, schemaOf } from '../../src/agents/fields';
import { ToolError } from '../../src/agents/toolError';
import { inputSchema, tools } from '../../src/agents/tools';
import { resolveLinks } from '../../src/source/links';
import { connect, Folder } from '../support/agents';
import { inRoot } from '../support/paths';

describe('tools for agents', () => {
  const manifestFile = inRoot('package.json');
  const manifest = () => JSON.parse(readFileSync(manifestFile, 'utf8'));

  it('are in the manifest as they are: AGENTS_WRITE=1 writes it', () => {
    const now = manifest();
    const { languageModelTools } = now.contributes;
    const wanted = tools.map((tool, index) => ({
      ...languageModelTools[index],
      name: tool.name,
      displayName: `%tool.${tool.name}%`,
      userDescription: `%tool.${tool.name}.about%`,
      // Models read it: it is not translated.
      modelDescription: tool.description,
      inputSchema: inputSchema(tool),
    }));
    if (process.env.AGENTS_WRITE) {
      now.contributes.languageModelTools = wanted;
      writeFileSync(manifestFile, `${JSON.stringify(now, null, 2)}\n`);
    }
    assert.deepEqual(manifest().contributes.languageModelTools, JSON.parse(JSON.stringify(wanted)));
  });

  it('have names of a verb and a noun, and say what they are in words of ours', () => {
    for (const { name, title, description } of tools) {
      assert.match(name, /^[a-z]+_[a-z]+$/);
      assert.match(title, /^[A-Z]/);
      assert.doesNotMatch(description, /%\w/);
    }
  });

  it('let in what their schema says, and nothing else', () => {
    const fields = {
      name: { kind: 'text', longest: 5, required: true, description: '' },
      kind: { kind: 'choice', choices: ['a', 'b'], description: '' },
      count: { kind: 'whole', least: 1, most: 3, description: '' },
      share: { kind: 'number', least: 0, most: 1, description: '' },
      on: { kind: 'flag', description: '' },
      list: { kind: 'texts', longest: 2, most: 2, description: '' },
      values: { kind: 'parameters', description: '' },
    } as const satisfies ArgumentFields;
    const good = {
      name: 'x',
      kind: 'a',
      count: 3,
      share: 0.5,
      on: false,
      list: ['a'],
      values: { a: 1, b: 'c', d: true },
    };
    assert.deepEqual(readArguments(fields, good), good);
    assert.deepEqual(readArguments(fields, { name: 'x', on: null }), { name: 'x' });
    for (const bad of [
      undefined,
      null,
      [],
      'x',
      {},
      { name: 'longer' },
      { name: 3 },
      { name: 'x', kind: 'c' },
      { name: 'x', count: 1.5 },
      { name: 'x', count: Number.NaN },
      { name: 'x', share: 2 },
      { name: 'x', on: 'yes' },
      { name: 'x', list: ['abc'] },
      { name: 'x', list: ['a', 'b', 'c'] },
      { name: 'x', values: { a: {} } },
      { name: 'x', values: [1] },
      { name: 'x', other: 1 },
      { name: 'x', __proto__: null, constructor: 1 },
    ])
      assert.throws(() => readArguments(fields, bad), ToolError, JSON.stringify(bad));
    assert.deepEqual(schemaOf(fields).required, ['name']);
  });

  it('give lists in pages that leave nothing out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (list, limit) => {
        const found: number[] = [];
        let at: number | undefined = 0;
        while (at !== undefined) {
          const part: { readonly total: number; readonly shown: readonly number[]; readonly nextOffset?: number } =
            page(list, at, limit);
          assert.equal(part.total, list.length);
          for (const each of part.shown) found.push(each);
          at = part.nextOffset;
        }
        assert.deepEqual(found, list);
      }),
      { seed: 3 },
    );
  });

  it('quote any text as one bounded line in which nothing acts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const told = quote(text, 500);
        assert.ok(told.length <= 500);
        assert.doesNotMatch(told, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
      { seed: 4 },
    );
  });

  it('resolve links as the system does, and where nothing is', async () => {
    const folder = new Folder();
    try {
      folder.write('a/file.py', '');
      folder.link('b', folder.at('a'));
      folder.link('a/up', '..');
      folder.link('gone', 'nowhere/at/all');
      folder.link('circle', 'circle');
      const cases: readonly (readonly [string, string | undefined])[] = [
        ['a/file.py', 'a/file.py'],
        ['b/file.py', 'a/file.py'],
        ['b/up/b/up/a/file.py', 'a/file.py'],
        ['b/absent/x.py', 'a/absent/x.py'],
        ['gone/x.py', 'nowhere/at/all/x.py'],
        ['circle/x.py', undefined],
      ];
      for (const [path, leads] of cases)
        assert.equal(await resolveLinks(folder.at(path)), leads && folder.at(leads), path);
    } finally {
      folder.remove();
    }
  });
});

describe('the skill for agents', () => {
  const text = readFileSync(inRoot('skills', 'activation-lens', 'SKILL.md'), 'utf8');
  const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json));

  it('says who it is in its head, within the bounds of such', () => {
    const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(text) ?? [];
    assert.match(head, /^name: activation-lens$/m);
    const [, description = ''] = /^description: (.+)$/m.exec(head) ?? [];
    assert.ok(description.length > 100 && description.length <= 1024);
  });

  it('names every tool, and no field that is not there', () => {
    for (const { name } of tools) assert.ok(text.includes(`\`${name}\``), name);
    assert.deepEqual([...new Set(blocks.map(({ name }) => name))].sort(), tools.map(({ name }) => name).sort());
  });

  it('has calls that work as they stand', async () => {
    const { call, close } = await connect({ root: [inRoot('samples')] });
    try {
      for (const { name, arguments: given } of blocks) {
        const path = given.path && { path: given.path.replace('/absolute/path/of', inRoot('samples')) };
        const { isError, answer } = await call(name, { ...given, ...path });
        assert.equal(isError, false, JSON.stringify(answer));
      }
    } finally {
      await close();
    }
  });
});
