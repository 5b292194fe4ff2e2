// The notices of other people's packages that the product holds: which they are, and under what licence.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';

const microsoft = 'Copyright (c) Microsoft Corporation. All rights reserved.';

/** Packages that come without the text of their licence, and whose they are, as their sources say. */
const holders = {
  '@mathjax/mathjax-newcm-font': 'Copyright (c) The MathJax Consortium',
  '@microsoft/fast-element': microsoft,
  '@microsoft/fast-foundation': microsoft,
  '@microsoft/fast-web-utilities': microsoft,
  '@tensorflow/tfjs-core': 'Copyright Google LLC. All rights reserved.',
  '@tensorflow/tfjs-layers': 'Copyright Google LLC. All rights reserved.',
  'onnxruntime-common': microsoft,
  'onnxruntime-web': microsoft,
  seedrandom: 'Copyright 2019 David Bau.',
};

/** Where a package lists what is compiled into its binaries. */
const furtherNotices = {
  'onnxruntime-web': (version) =>
    `What is compiled into it: https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`,
};

/** What formulas are drawn with while building: outlines of its glyphs are in the product. */
const drawnWith = ['node_modules/@mathjax/src', 'node_modules/@mathjax/mathjax-newcm-font'];

/** The folder of the package that a file is of, from the root; undefined for our own files. */
const packageOf = (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];

/**
 * Folders of the packages of which something is in the product.
 * @param {readonly import('esbuild').Metafile[]} metafiles of its bundles
 * @param {readonly string[]} copied files that it has as they come, from the root
 */
export function packagesIn(metafiles, copied) {
  const bundled = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  const folders = [...bundled, ...copied].map(packageOf).filter((folder) => folder !== undefined);
  return [...new Set([...folders, ...drawnWith])].sort();
}

/** @throws Error where nothing says whose it is */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
  const files = readdirSync(inRoot(folder)).filter((file) => /^(licen[cs]e|copying|notices?|copyright)/i.test(file));
  const own = files.sort().map((file) => readFileSync(join(inRoot(folder), file), 'utf8'));
  const holder = holders[name];
  if (own.length === 0 && holder === undefined)
    throw new Error(`${folder} has no licence text: say in scripts/lib/notices.mjs whose it is`);
  const texts = own.length > 0 ? own : [holder, ...license.split(' AND ').map(licenceText)];
  const further = furtherNotices[name]?.(version);
  const text = [...texts, ...(further ? [further] : [])]
    .map((each) => each.replaceAll('\r\n', '\n').trim())
    .join('\n\n');
  return { title: `${name} ${version} (${license})`, text };
}

const licenceText = (id) => readFileSync(inRoot('scripts', 'licences', `${id}.txt`), 'utf8');

/** The notices of packages, each text once. @param {readonly string[]} folders from the root */
export function noticesOf(folders) {
  const titles = new Map();
  for (const { title, text } of folders.map(noticeOf)) titles.set(text, new Set([...(titles.get(text) ?? []), title]));
  const parts = [...titles].map(([text, those]) => `${'='.repeat(80)}\n${[...those].join('\n')}\n\n${text}\n`);
  return `Activation Lens holds parts of the packages below, each under its own licence.\n\n${parts.join('\n')}`;
}
