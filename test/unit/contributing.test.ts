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
  const [program = '', ...rest] = command.split(/\s+/);
  assert.match(program, /^(npm|node)$/, `${where}: ${command}`);
  if (program === 'node') assert.ok(existsSync(inRoot(rest[0] ?? '')), `${where}: ${command}`);
  if (program !== 'npm') return;
  const [verb = '', ...words] = rest[0] === 'run' ? rest.slice(1) : rest;
  assert.ok(verb in scripts, `${where}: ${command}`);
  if (verb === 'test') for (const stage of words) assert.ok(stages.has(stage), `${where}: no stage ${stage}`);
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

  it('is there: commands and files of CONTRIBUTING.md', () => {
    const text = read('CONTRIBUTING.md');
    const commands = [...text.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`((?:npm|node) [^`]*)`/g)].map(([, command = '']) => command.replace(/ \[.*/, '')),
    );
    assert.ok(commands.length > 10);
    for (const command of commands) isOurs(command, 'CONTRIBUTING.md');
    for (const [, path = ''] of text.matchAll(/\]\(([\w./-]+)\)/g)) assert.ok(existsSync(inRoot(path)), path);
  });
});
