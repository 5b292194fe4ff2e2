import assert from 'node:assert/strict';
import { catalogue } from '../../src/activations/catalogue';
import { bullets, parseProse } from '../../src/activations/prose';
import { languages } from '../../src/language/say';
import { claimsOf, refute } from '../support/claims';

/** Longest texts in characters, by language: what fits a completion's line and a hover's. */
const LONGEST = { en: { line: 64, tradeoff: 130 }, 'zh-cn': { line: 28, tradeoff: 60 } };

describe('prose', () => {
  for (const { id, prose, ...activation } of catalogue.values()) {
    for (const language of languages) {
      const text = prose[language];
      it(`of ${id} in ${language} has every section, and what is shown in a line fits it`, () => {
        const { line, tradeoffs, belongs, mistakes, ...sections } = parseProse(text);
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
});
