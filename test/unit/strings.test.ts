import assert from 'node:assert/strict';
import { languages } from '../../src/language/say';
import { type Literal, literalsOf } from '../support/literals';

/** Words in a row: what a person would read. */
const isProse = (text: string) => /(^(a|an)|[a-z]{2,}) [a-z]{2,}/i.test(text) && !/^\s*<\/?\w|^[\w-]+\(--/.test(text);

/** The doors: what goes through them is translated, and other tests see to that. */
const isTranslated = ({ callees, isFirst, properties, file }: Literal) =>
  (isFirst && /^(say|(vscode\.)?l10n\.t)$/.test(callees[0] ?? '')) ||
  properties.some((name) => languages.some((language) => name.replaceAll("'", '') === language)) ||
  /\/words\.ts$|\/texts\.[\w-]+\.ts$/.test(file);

/** For who writes the program: broken promises between its parts, and its log. */
const isForDevelopers = ({ callees }: Literal) =>
  callees.some((callee) => /^(new (RangeError|TypeError)|console\.\w+)$/.test(callee));

const report = (found: readonly Literal[]) => found.map(({ file, line, text }) => `${file}:${line} ${text}`);

describe('what people read', () => {
  it('has no English word set into a translated sentence', async () => {
    const values = (await literalsOf(['src'])).filter(({ callees, isFirst }) => callees[0] === 'say' && !isFirst);
    // A name that a person may give to a model.
    const words = values.filter(({ text }) => /[a-z]{2,}/i.test(text) && text !== 'Net');
    assert.deepEqual(report(words), []);
  });

  it('passes the door to its translation, in the editor and the panels', async () => {
    const literals = await literalsOf(['src/editor', 'src/panel', 'src/explain', 'src/complete', 'webview']);
    const others = literals.filter((each) => isProse(each.text) && !isTranslated(each) && !isForDevelopers(each));
    const code = ({ text, properties }: Literal) =>
      properties[0] === 'className' ||
      /^(default|script|connect|worker|style|img)-src |<!DOCTYPE html>|svg|viewBox|var\(--/.test(text);
    // The name of the product stays, and so does what a log says.
    const names = new Set(['Activation Lens']);
    // Names of classes of styles.
    const classes = new Set(['number added', 'number nothing']);
    assert.deepEqual(
      report(others.filter((each) => !code(each) && !names.has(each.text) && !classes.has(each.text))),
      [],
    );
  });

  it('passes it in the rooms that know no editor', async () => {
    const rooms = [
      'advise',
      'compare',
      'data',
      'detect',
      'fromOnnx',
      'graph',
      'lower',
      'onnx',
      'resolve',
      'run',
      'source',
      'syntax',
      'tfjs',
    ];
    const literals = await literalsOf([...rooms, 'weights'].map((room) => `src/${room}`));
    const others = literals.filter((each) => isProse(each.text) && !isTranslated(each) && !isForDevelopers(each));
    // A kind of value in ONNX's files among them.
    const notProse = /^import |^functools$|^Node placements$|^sparse tensor$/;
    // What TensorFlow.js is written with: code, a token of it, the kernels' own names.
    const isCode = ({ callees, file, text }: Literal) =>
      /evalCode$/.test(callees[0] ?? '') ||
      /^await using$|^"use strict";$/.test(text) ||
      (/^(?:_?[A-Z]\w+\s+)+\w+$/.test(text) && file.startsWith('src/tfjs/'));
    // The libraries' own words, which people look for: shapes that don't fit, and `load_state_dict`.
    const quoted = ({ callees, file }: Literal) =>
      callees.includes('new ShapeError') || callees.includes('util.assert') || file === 'src/weights/apply.ts';
    const kept = others.filter(
      (each) =>
        !quoted(each) && !isCode(each) && !each.isList && each.file !== 'src/data/text.ts' && !notProse.test(each.text),
    );
    assert.deepEqual(report(kept), []);
  });

  it('passes it where reading a model ends or is remarked upon', async () => {
    const literals = await literalsOf(
      ['python', 'stdlib', 'torch', 'numpy', 'einops', 'extract'].map((room) => `src/${room}`),
    );
    const ours =
      /(^|\.)(error|note|unknown|container|failure|placed)$|^new (ExtractionError|Unknown|NoModel|NeedsArgument)$/;
    const others = literals.filter(
      (each) => isProse(each.text) && !isTranslated(each) && ours.test(each.callees[0] ?? ''),
    );
    // What Python and PyTorch say of the same code.
    const quoted = /^can't use starred expression here$|^shape '\[\{0\}\]' is invalid for input of size \{1\}$/;
    assert.deepEqual(report(others.filter(({ text }) => !quoted.test(text))), []);
  });
});
