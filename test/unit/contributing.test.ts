import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { inRoot } from '../support/paths';

const read = (...parts: string[]) => readFileSync(inRoot(...parts), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
const { tasks } = JSON.parse(read('.vscode', 'tasks.json')) as {
  tasks: { label: string; command?: string; dependsOn?: string[] }[];
};
const { configurations } = JSON.parse(read('.vscode', 'launch.json')) as {
  configurations: { name: string; preLaunchTask: string; program?: string; args: string[] }[];
};
const workflows = readdirSync(inRoot('.github', 'workflows')).map((name) => ({
  name,
  text: read('.github', 'workflows', name),
}));

/** Stages of `npm test`, as its script lists them. */
const stages = new Set(
  [...(/const stages = \{(.*?)\n {2}\};/s.exec(read('scripts', 'test.mjs'))?.[1] ?? '').matchAll(/^ {4}(\w+):/gm)].map(
    ([, name]) => name,
  ),
);

/** Fails where a command names what this repository doesn't have. */
function isOurs(command: string, where: string): void {
  const [program = '', ...rest] = command.replace(/^(?:[A-Z_]+=\S* )*/, '').split(/\s+/);
  assert.match(program, /^(npm|node|python3)$/, `${where}: ${command}`);
  for (const word of rest)
    if (/^(?:test|scripts|src|webview|docs|samples|out)\//.test(word) && !word.startsWith('out/'))
      assert.ok(existsSync(inRoot(word.replace(/:\w+$/, ''))), `${where}: ${word}`);
  if (program === 'node') assert.ok(existsSync(inRoot(rest[0] ?? '')), `${where}: ${command}`);
  if (program !== 'npm') return;
  const [verb = '', ...words] = rest[0] === 'run' ? rest.slice(1) : rest;
  assert.ok(verb in scripts, `${where}: ${command}`);
  if (verb === 'test')
    for (const stage of words.filter((word) => /^\w+$/.test(word)))
      assert.ok(stages.has(stage), `${where}: no stage ${stage}`);
}

describe('what a contributor is told to run', () => {
  it('is there: tasks and launch configurations', () => {
    const labels = new Set(tasks.map(({ label }) => label));
    for (const { label, command, dependsOn = [] } of tasks) {
      if (command) isOurs(command, label);
      for (const other of dependsOn) assert.ok(labels.has(other), `${label}: ${other}`);
    }
    for (const { name, preLaunchTask, program } of configurations) {
      assert.ok(labels.has(preLaunchTask), name);
      if (program) assert.ok(existsSync(inRoot(program.replace(/^\$\{workspaceFolder\}\//, ''))), name);
    }
  });

  it('is there: steps of the workflows, each bounded and with few rights', () => {
    assert.ok(stages.has('unit'));
    for (const { name, text } of workflows) {
      const steps = [...text.matchAll(/^\s+- run: (.*)$/gm)].map(([, command = '']) => command);
      assert.ok(steps.length > 0, name);
      for (const step of steps) isOurs(step, name);
      assert.equal(text.match(/\brun:/g)?.length, steps.length, `${name}: one line a step`);
      assert.match(text, /^permissions:\n {2}contents: read$/m, name);
      assert.match(text, /^concurrency:$/m, name);
      assert.match(text, /timeout-minutes: \d+/, name);
      for (const [, action = ''] of text.matchAll(/uses: (\S+)/g)) assert.match(action, /^actions\/[\w-]+@v\d+$/, name);
    }
  });

  const adding = readdirSync(inRoot('docs', 'adding')).map((name) => `docs/adding/${name}`);
  for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...adding])
    it(`is there: commands of ${page}`, () => {
      const text = read(page);
      const blocks = [...text.matchAll(/^```\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.split('\n'));
      const inLines = [...text.replace(/^```\n.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
      const commands = [...blocks, ...inLines]
        .filter((line) => /^(?:[A-Z_]+=\S* )*(?:npm|node|python3) /.test(line))
        // What follows is a remark, or stands for what the reader has.
        .map((line) => line.replace(/\s+#.*| \[.*/, '').replace(/ --grep '.*'/, ''));
      if (/^(?:README|CONTRIBUTING)/.test(page)) assert.ok(commands.length > 5, `${commands.length} commands`);
      for (const command of commands.filter((each) => !/^npm (?:ci|install)/.test(each))) isOurs(command, page);
    });

  it('is there: benchmarks by their names', () => {
    const [, row = ''] = /^\| `npm run bench \[NAME …\]` \|(.*?)`test\/bench\/`/m.exec(read('CONTRIBUTING.md')) ?? [];
    const files = readdirSync(inRoot('test', 'bench')).filter((name) => name.endsWith('.bench.ts'));
    assert.deepEqual(
      [...row.matchAll(/`(\w+)`/g)].map(([, name]) => `${name}.bench.ts`),
      files,
    );
  });

  it('is there: every script that writes reference values, with where they go', () => {
    const table = read('CONTRIBUTING.md');
    const scripts = readdirSync(inRoot('test', 'parity')).filter((name) => /^reference_.*\.py$/.test(name));
    assert.ok(scripts.length > 10);
    for (const script of scripts) {
      const [, head = ''] = /^"""(.*?)"""/s.exec(read('test', 'parity', script)) ?? [];
      assert.ok(table.includes(`\`${script}\``), script);
      const [fixture] = /test\/fixtures\/[\w/.]+/.exec(head) ?? [];
      if (/as JSON lines/.test(head)) continue;
      assert.ok(fixture !== undefined && existsSync(inRoot(fixture)), `${script} says where it writes`);
    }
  });
});
