// Writes what the rules say of themselves where others need it: the setting and its words in the manifest, and the list
// of rules for readers. Run after a rule is added or its sentence changed; a test holds them against each other.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { inRoot } from './lib/paths.mjs';

const bundle = inRoot('out', 'rules.mjs');
await build({
  entryPoints: [inRoot('src', 'advise', 'rules', 'index.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: bundle,
  loader: { '.md': 'text' },
  logLevel: 'warning',
});
const { rules } = await import(pathToFileURL(bundle).href);
rmSync(bundle);

const values = ['default', 'error', 'warning', 'information', 'off'];
const prefix = 'setting.advice.rules';
const choices = { type: 'string', enum: values, enumDescriptions: values.map((each) => `%${prefix}.${each}%`) };

const readJson = (name) => JSON.parse(readFileSync(inRoot(name), 'utf8'));
const writeJson = (name, value) => writeFileSync(inRoot(name), `${JSON.stringify(value, null, 2)}\n`);

const manifest = readJson('package.json');
const setting = manifest.contributes.configuration.properties['activationLens.advice.rules'];
setting.properties = Object.fromEntries(
  rules.map(({ code }) => [code, { ...choices, markdownDescription: `%${prefix}.${code}%` }]),
);
setting.additionalProperties = choices;
writeJson('package.json', manifest);

const languages = [
  ['en', 'package.nls.json'],
  ['zh-cn', 'package.nls.zh-cn.json'],
];
for (const [language, name] of languages) {
  const own = new RegExp(`^${prefix}\\.(?!(?:${values.join('|')})$)`);
  const entries = Object.entries(readJson(name)).filter(([key]) => !own.test(key));
  const behind = entries.findIndex(([key]) => key === `${prefix}.off`) + 1;
  entries.splice(behind, 0, ...rules.map(({ code, about }) => [`${prefix}.${code}`, about[language]]));
  writeJson(name, Object.fromEntries(entries));
}

const row = ({ code, severity, about, isOptional }) =>
  `| [${code}](${code}.md) | ${severity}${isOptional ? ', off unless asked for' : ''} | ${about.en.replaceAll('|', '\\|')} |`;
writeFileSync(
  inRoot('docs', 'rules', 'README.md'),
  `# Rules

Written by \`npm run rules\` from what the rules say of themselves. Each page says why, how to mend it, and when its rule
says nothing. Rules about what follows on what inside of a model look at its graph as well, where it can be read
([how](../../src/advise/models/README.md)): what their pages call not checked is then meant of the text alone.

| rule | severity | what it finds |
|---|---|---|
${rules.map(row).join('\n')}
`,
);
console.log(`${rules.length} rules`);
