import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { languages } from '../../src/language/say';
import { literalsOf } from '../support/literals';
import { inRoot } from '../support/paths';

const json = (file: string) => JSON.parse(readFileSync(inRoot(file), 'utf8'));
const manifest = json('package.json');
const words: Record<string, string> = json('package.nls.json');

/** What a person reads, by where it stands: messages of the core and of the editor, and the pages' words. */
async function told(): Promise<{ readonly place: string; readonly text: string }[]> {
  const [source, pages] = await Promise.all([literalsOf(['src']), literalsOf(['webview/ui'])]);
  const said = source.filter(({ isFirst, callees }) => isFirst && /^say$|(^|\.)l10n\.t$/.test(callees[0] ?? ''));
  const shown = pages.filter(({ file }) => /texts\.en\.ts$/.test(file));
  return [
    ...[...said, ...shown].map(({ file, line, text }) => ({ place: `${file}:${line}`, text })),
    ...Object.entries(words).map(([key, text]) => ({ place: `package.nls.json ${key}`, text })),
  ];
}

/** What the editor and Python's extension have of their own. */
const editors = ['Undo', 'Open With…'];

/** What a message sends a person to, by its words, and the text of the button, field or setting that is meant. */
const ways: readonly (readonly [RegExp, string])[] = [
  [/\bread (?:it|the model) again\b/i, 'Read again'],
  [/\b(?:compare (?:it )?again|run (?:the comparison )?again)\b/i, 'Run again'],
  [/\brun on the CPU\b/i, 'Device'],
  [/\bexport it to have it later\b/i, 'Export report'],
  [/\bat most \{\d\} candidates\b|\bfewer candidates\b/i, 'Candidates'],
  [/\bto the comparison as a checkpoint\b/i, 'Use a checkpoint…'],
  [/\bchoose one of its places\b|\bat least one place\b/i, 'Places to swap'],
  [/\bread a part of (?:it|the model)\b/i, 'Submodules that can be compared by themselves'],
  [/\bname the folder\b/i, 'setting.pythonLibraryFolders'],
  [/\bgive (?:its shape|yours in place of|a batch|smaller sizes|an input)\b/i, 'Input'],
  [/\b(?:write (?:it|them): \{3\}|or name (?:it|what does):|name a class or a builder)/i, 'Model'],
];

describe('what messages send a person to', () => {
  it('is said in the words of the editor, not of the terminal, and without addresses', async () => {
    const terminal =
      /(?:^|[\s(])--[a-z]|\bnpm (?:start|run|test)\b|\b(?:compare|extract|detect|lint) [\w{}./]+\.(?:py|ts|onnx)|\bFILE\b|file:\/\/|vscode-(?:notebook|remote|resource)/;
    // Commands of other programs, to be run where a model is exported.
    for (const { place, text } of await told())
      if (!/onnxsim|tensorflowjs_converter/.test(text)) assert.doesNotMatch(text, terminal, `${place}: ${text}`);
  });

  it('exists: each button, field or setting that is meant', async () => {
    const all = await told();
    const known = [...all.map(({ text }) => text), ...Object.keys(words)];
    const unused: string[] = [];
    for (const [pattern, name] of ways) {
      assert.ok(known.includes(name), `nothing is called ${name}`);
      if (!all.some(({ text }) => pattern.test(text))) unused.push(String(pattern));
    }
    assert.deepEqual(unused, [], 'patterns that no message has');
  });

  it('exists: each name in quotation marks that is a thing to choose', async () => {
    const all = await told();
    const known = new Set([...all.map(({ text }) => text), ...editors]);
    let looked = 0;
    for (const { place, text } of all)
      for (const [, name = ''] of text.matchAll(/“([A-Z][^”{}]*)”/g)) {
        looked++;
        assert.ok(known.has(name), `${place} names “${name}”`);
      }
    assert.ok(looked > 1, `${looked} names`);
  });

  it('exists: each command of a link, with arguments that it takes, in every language', () => {
    const commands = new Set<string>(manifest.contributes.commands.map(({ command }: { command: string }) => command));
    for (const file of languages.map((each) => (each === 'en' ? 'package.nls.json' : `package.nls.${each}.json`)))
      for (const [key, text] of Object.entries<string>(json(file)))
        for (const [, command = '', argument] of text.matchAll(/\(command:([\w.]+)(?:\?([^)]*))?\)/g)) {
          assert.ok(commands.has(command), `${file}, ${key}: ${command}`);
          if (argument === undefined) continue;
          const sample: unknown = JSON.parse(decodeURIComponent(argument));
          const shipped = readFileSync(inRoot('.vscodeignore'), 'utf8').split('\n');
          assert.ok(shipped.includes(`!samples/${sample}`), `${file}, ${key}: ${sample}`);
        }
  });

  it('has no mark-up that a walkthrough shows as it is', () => {
    for (const file of languages.map((each) => (each === 'en' ? 'package.nls.json' : `package.nls.${each}.json`)))
      for (const [key, text] of Object.entries<string>(json(file)))
        if (key.startsWith('walkthrough.')) assert.doesNotMatch(text, /`|<|\]\(http/, `${file}, ${key}`);
  });

  it('completes a step of the walkthrough once the thing was done', () => {
    const keys = readFileSync(inRoot('src', 'editor', 'firsts.ts'), 'utf8').match(/activationLens\.\w+/g) ?? [];
    const steps = manifest.contributes.walkthroughs.flatMap(
      ({ steps }: { steps: { completionEvents: string[] }[] }) => steps,
    );
    const events = steps.flatMap(({ completionEvents }: { completionEvents: string[] }) => completionEvents);
    assert.deepEqual(
      events,
      keys.map((key) => `onContext:${key}`),
    );
  });
});
