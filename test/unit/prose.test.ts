import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { adjust, stripNotes } from '../../src/activations/claims';
import { bullets, parseProse, proseFor } from '../../src/activations/prose';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';
import { languages } from '../../src/language/say';
import { claimsOf, numberOf, refute } from '../support/claims';

/** Longest texts in characters, by language: what fits a completion's line, the explainer's first and a hover's. */
const LONGEST = { en: { line: 64, purpose: 130, tradeoff: 130 }, 'zh-cn': { line: 28, purpose: 60, tradeoff: 60 } };

describe('prose', () => {
  for (const { id, prose, ...activation } of catalogue.values()) {
    for (const language of languages) {
      const text = prose[language];
      it(`of ${id} in ${language} has every section, and what is shown in a line fits it`, () => {
        const { line, purpose, tradeoffs, belongs, mistakes, ...sections } = parseProse(text);
        assert.ok([...purpose].length <= LONGEST[language].purpose, purpose);
        assert.match(
          purpose,
          language === 'en' ? /^For .+; not .+\.$/ : /^用于.+不.+。$/,
          'what it is for and when not',
        );
        assert.ok([...line].length <= LONGEST[language].line, `"${line}" has ${[...line].length} characters`);
        assert.doesNotMatch(line, /[.。]$|\n/);
        const points = bullets(tradeoffs);
        assert.ok(points.length >= 3 && points.length <= 5, `${points.length} trade-offs`);
        for (const each of [...points, ...bullets(belongs)]) assert.match(each, /^\*\*[^*]+\*\*/, each);
        for (const each of points)
          assert.ok([...each].length <= LONGEST[language].tradeoff, `"${each}" has ${[...each].length} characters`);
        assert.ok(bullets(belongs).length >= 3, 'where it belongs');
        assert.ok(bullets(mistakes).length >= 2, 'common mistakes');
        for (const [name, section] of Object.entries(sections)) assert.ok(section.length > 10, name);
        if (language === 'zh-cn') {
          for (const section of Object.values(parseProse(text))) assert.match(section, /[\u4e00-\u9fff]/);
          assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:()]/, 'full-width punctuation');
        }
        assert.doesNotMatch(Object.values(parseProse(text)).join(' '), /\{[^}]*\}(?![^`]*`)/, 'a note is left');
      });

      it(`of ${id} in ${language} claims no number that isn't so`, () => {
        const { claims, bare } = claimsOf(text);
        assert.deepEqual(bare, [], 'numbers without a note');
        const wrong = claims.flatMap((claim) => {
          const why = refute({ id, prose, ...activation }, claim);
          return why ? [`${claim.written}{${claim.note}}: ${why}`] : [];
        });
        assert.deepEqual(wrong, []);
      });
    }
  }

  it('names a section that is missing, doubled or unknown', () => {
    const good = catalogue.get('relu')?.prose.en ?? '';
    assert.throws(() => parseProse(good.replace('## Try instead', '')), /no section "Try instead"/);
    assert.throws(() => parseProse(`${good}\n## Summary\n\nTwice.\n`), /two sections "Summary"/);
    assert.throws(() => parseProse(`${good}\n## Else\n\nMore.\n`), /"Else", which nothing shows/);
  });

  it('is judged: a wrong number, a bare one and an unknown fact are found', () => {
    const relu = catalogue.get('relu');
    assert.ok(relu);
    assert.deepEqual(claimsOf('half, 50 %{zeros}, 0.7 of `2` int8 and x²').bare, ['0.7']);
    assert.match(refute(relu, { written: '51%', note: 'zeros' }) ?? '', /0\.5/);
    assert.equal(refute(relu, { written: '√2', note: 'gain' }), undefined);
    assert.equal(refute(relu, { written: '10⁻³', note: 'meanSquaredSlope^10' }), undefined);
    assert.match(refute(relu, { written: '2', note: 'beauty' }) ?? '', /no fact/);
    assert.match(refute(relu, { written: '99.9', note: 'evidence' }) ?? '', /no cell/);
  });

  const adjustable = [...catalogue.values()].filter(({ parameters }) =>
    parameters.some(({ numeric, range }) => numeric && range),
  );
  for (const entry of adjustable)
    for (const language of languages) {
      const text = entry.prose[language]
        .split(/^## /m)
        .slice(1)
        .map((section) => section.replace(/^.*\n+/, '').trim());

      it(`of ${entry.id} in ${language} is, computed for the defaults, what is written`, () => {
        for (const section of text)
          assert.equal(squeezed(adjust(section, entry, defaultParameters(entry))), squeezed(stripNotes(section)));
      });

      it(`of ${entry.id} in ${language} speaks of the parameters that are set`, () => {
        for (const parameters of settingsOf(entry)) {
          const settings = Object.entries(parameters)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ');
          for (const section of text) {
            const told = adjust(section, entry, parameters);
            assert.doesNotMatch(told, /\{(?:if|parameter|\w+\})|Infinity|undefined/, told);
            for (const { written, note } of claimsOf(section).claims) {
              if (/;|^evidence$|^default |^\w+:|^1\/|\^/.test(note)) continue;
              // Where the sentence stands, its number is in it.
              const before =
                section
                  .slice(0, section.indexOf(`${written.replace('%', '')}`))
                  .split(/[.。]\s?/)
                  .at(-1) ?? '';
              const value = numberOf(entry, note, settings) * (written.endsWith('%') ? 100 : 1);
              if (!Number.isFinite(value) || before.length < 12 || !told.includes(before.slice(-12))) continue;
              const decimals = written.replace('%', '').split('.')[1]?.length ?? 0;
              const numbers = told.match(/[−]?\d+(?:\.\d+)?/g)?.map((each) => Number(each.replace('−', '-'))) ?? [];
              const near = numbers.some((each) => Math.abs(each - value) <= 0.51 * 10 ** -decimals);
              assert.ok(near, `${settings}: ${note} is ${value}, which is not in "${told}"`);
            }
          }
        }
      });

      it(`of ${entry.id} in ${language} has no number of the moment beside words of the default`, () => {
        const sentences = text.flatMap((section) => section.split(/(?<=。)|(?<=\.)(?=\s|\{)|\n/));
        for (const sentence of sentences) {
          if (!/default|at the start|默认|初始值/.test(sentence.replace(/\{[^}]*\}/g, ''))) continue;
          const loose = claimsOf(sentence).claims.filter(({ note }) => !/;|^evidence$|^default |^\w+:/.test(note));
          assert.deepEqual(loose, [], sentence);
        }
      });
    }

  it('of LeakyReLU says how much slower its left side learns at the slope that is set', () => {
    const entry = catalogue.get('leaky_relu');
    assert.ok(entry);
    const weak = (negative_slope: number) => proseFor(entry, 'en', { negative_slope, inplace: false }).tradeoffs;
    assert.match(weak(0.01), /learns 100 times slower/);
    assert.match(weak(0.1), /learns 10 times slower/);
    assert.doesNotMatch(weak(0), /times slower|No dead units/);
    assert.doesNotMatch(weak(1.5), /times slower/);
    assert.match(proseFor(entry, 'zh-cn', { negative_slope: 0.2 }).tradeoffs, /慢 5 倍/);
  });
});

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Both ends and two places between of each parameter that has a slider. */
function settingsOf(entry: Activation): ActivationParameters[] {
  return entry.parameters.flatMap(({ name, range, default: usual }) =>
    range
      ? [0, 0.3, 0.7, 1].map((part) => ({
          ...defaultParameters(entry),
          [name]: Number((range.min + part * (range.max - range.min)).toFixed(4)),
        }))
      : [{ ...defaultParameters(entry), [name]: usual }],
  );
}
