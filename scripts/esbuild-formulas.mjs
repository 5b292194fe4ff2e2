// `virtual:formulas`: the catalogue's formulas as SVG, rendered by MathJax while building, so that no host carries it.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { inRoot } from './lib/paths.mjs';

/** What numbers are written with, beside a formula. */
const CHARACTERS = Object.entries({
  ...Object.fromEntries([...'0123456789.,'].map((each) => [each, each])),
  '−': '-',
  '∞': '\\infty',
  e: '\\mathrm{e}',
});

/** Raise it when what is rendered from the same TeX changes. */
const VERSION = 1;

/** The catalogue's entries and how their formulas are read, from its own source. */
async function catalogue() {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "export * from './catalogue'; export * from './formula';",
      resolveDir: inRoot('src', 'activations'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    metafile: true,
    loader: { '.md': 'text' },
    logLevel: 'silent',
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  const files = Object.keys(metafile.inputs).filter((file) => file !== '<stdin>');
  return { ...(await import(url)), files: files.map((file) => inRoot(...file.split('/'))) };
}

let mathjax;
/** One formula as a self-contained SVG: glyphs as paths, colours as currentColor. */
async function render(tex) {
  mathjax ??= import('@mathjax/src').then(({ default: MathJax }) =>
    MathJax.init({
      loader: { load: ['input/tex', 'output/svg'] },
      svg: { fontCache: 'local', linebreaks: { inline: false } },
      startup: { typeset: false },
    }),
  );
  const MathJax = await mathjax;
  const node = await MathJax.tex2svgPromise(tex, { display: true });
  const adaptor = MathJax.startup.adaptor;
  const svg = adaptor.serializeXML ? adaptor.serializeXML(adaptor.firstChild(node)) : adaptor.innerHTML(node);
  const [found] = /<svg[\s\S]*<\/svg>/.exec(svg) ?? [];
  if (!found || found.includes('data-mjx-error')) throw new Error(`MathJax cannot render ${tex}`);
  // What MathJax notes for its own menus is of no use in an image.
  return found.replace(/ (data-[\w-]+|role|focusable|style|aria-[\w-]+)="[^"]*"/g, '');
}

async function renderFormula(tex) {
  const name = createHash('sha256').update(`${VERSION}\n${tex}`).digest('hex').slice(0, 24);
  const file = inRoot('node_modules', '.cache', 'activation-lens-formulas', `${name}.svg`);
  const cached = await readFile(file, 'utf8').catch(() => undefined);
  if (cached) return cached;
  const svg = await render(tex);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, svg);
  return svg;
}

/** The esbuild plugin. */
export function formulas() {
  return {
    name: 'formulas',
    setup(build) {
      build.onResolve({ filter: /^virtual:formulas$/ }, ({ path }) => ({ path, namespace: 'formulas' }));
      build.onLoad({ filter: /.*/, namespace: 'formulas' }, async () => {
        const { catalogue: entries, formulaOf, files } = await catalogue();
        const renderBoth = async ({ value, derivative }) => ({
          value: await renderFormula(value),
          derivative: await renderFormula(derivative),
        });
        const byId = {};
        for (const activation of entries.values()) {
          const { value, variants, symbols = {} } = activation.formula;
          /** @type {Record<string, any>} */
          const result = {
            ...(await renderBoth(formulaOf(activation, {}))),
            bare: await renderFormula(value),
            symbols: {},
          };
          for (const [name, symbol] of Object.entries(symbols))
            result.symbols[name] = await renderFormula(`${symbol} = {}`);
          for (const [word, formula] of Object.entries(variants?.of ?? {}))
            result.variants = { ...result.variants, [word]: await renderBoth(formula) };
          byId[activation.id] = result;
        }
        const characters = {};
        for (const [character, tex] of CHARACTERS) characters[character] = await renderFormula(tex);
        const result = { byId, characters };
        return { contents: JSON.stringify(result), loader: 'json', watchFiles: files };
      });
    },
  };
}
