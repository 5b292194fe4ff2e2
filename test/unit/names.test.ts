import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../support/paths';

/** Verbs and nouns that end as participles and adverbs do. */
const ordinary =
  /^(?:anomaly|apply|assembly|bleed|breed|embed|family|feed|fly|imply|multiply|need|proceed|reply|seed|shed|speed|supply)$/;
const participle =
  /^(?:\w+ed|\w+ly|been|begun|bound|broken|built|caught|chosen|done|drawn|fed|found|given|gone|grown|held|hidden|kept|known|left|lent|lost|made|meant|met|paid|said|seen|sent|shown|spent|stuck|taken|told|torn|unread|worn|woven|(?:re)?written)$/;
const preposition =
  /^(?:above|across|after|against|along|among|around|before|behind|below|beneath|beside|besides|between|beyond|by|during|except|for|in|inside|into|near|off|onto|outside|outwards|over|past|since|through|towards?|under|until|upon|via|within|without)$/;
const adjective =
  /^(?:absolute|alone|bare|both|common|cubic|current|custom|each|either|extreme|fresh|identical|initial|inner|larger|largest|later|leading|likeliest|longest|natural|nearest|negative|numeric|only|others|plain|positive|reachable|readable|same|scientific|several|short|spatial|topmost|unreadable|usual|whole|wrong)$/;

/**
 * What is named neither by what it does nor by what it gives: `known`, `exactly`, `over`, `calledAround`, `withoutEnd`. A
 * participle in front of a noun is fine (`boundNames`), and so are `withGain`, `toRange`, `fromJson`, `asArray`.
 */
function isOdd(name: string): boolean {
  const [first = '', second] = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  if (ordinary.test(first) || /^for(?:Each|Loop|Of)/.test(name)) return false;
  if (second === undefined) return [participle, preposition, adjective].some((words) => words.test(first));
  return (
    preposition.test(first) ||
    (participle.test(first) && (preposition.test(second) || /^(?:as|at|from|like|of|to|with)$/.test(second)))
  );
}

interface Definition {
  readonly name: string;
  readonly file: string;
  readonly exported: boolean;
}

const sources = ['src', 'webview']
  .flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file).replaceAll('\\', '/'),
    ),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(inRoot(file), 'utf8') }));

/** What a pattern finds at the beginning of lines; its groups are the `export` and the name. */
function definitions(pattern: RegExp): Definition[] {
  return sources.flatMap(({ file, text }) =>
    Array.from(text.matchAll(pattern), ([, exported, name = '']) => ({ name, file, exported: exported !== undefined })),
  );
}

describe('names of types', () => {
  const types = definitions(/^(export )?(?:declare |abstract )*(?:interface|type|class|enum) (\w+)/gm);
  const exported = types.filter((type) => type.exported);

  it('mean one thing each', () => {
    assert.ok(exported.length > 300, `${exported.length} types were found`);
    const names = new Map<string, string[]>();
    for (const { name, file } of exported) names.set(name, [...(names.get(name) ?? []), file]);
    assert.deepEqual(
      [...names].filter(([, files]) => files.length > 1),
      [],
    );
  });

  it('of a file are none that another file exports', () => {
    const names = new Set(exported.map(({ name }) => name));
    assert.deepEqual(
      types.filter((type) => !type.exported && names.has(type.name)),
      [],
    );
  });
});

describe('names of functions', () => {
  const functions = [
    /^(export )?(?:async )?function\*? (\w+)/gm,
    /^(export )?const (\w+)(?:: [^=]+)? = (?:async )?(?:<[^\n]*>)?(?:\([^\n]*=>|\(\n|\w+ =>)/gm,
  ].flatMap(definitions);
  // In the place of `export` stands their indentation.
  const methods = definitions(
    /^( {2})(?:(?:private|static|override|async) )*\*?(\w+)(?:<[^\n]*>)?\([^\n]*\)(?:: [^\n=]+)? \{$/gm,
  );

  it('are verbs or nouns', () => {
    assert.ok(functions.length > 1500, `${functions.length} functions were found`);
    assert.deepEqual(
      functions.filter((each) => isOdd(each.name)).map(({ name, file }) => `${file}: ${name}`),
      [],
    );
  });

  it('of classes, too, but for `in` and the like, which read what a container has', () => {
    assert.ok(methods.length > 500, `${methods.length} methods were found`);
    assert.deepEqual(
      methods.filter((each) => each.name !== 'in' && isOdd(each.name)).map(({ name, file }) => `${file}: ${name}`),
      [],
    );
  });

  it('are told apart', () => {
    const odd = ['known', 'exactly', 'over', 'shown', 'largest', 'calledAround', 'namedLike', 'withoutEnd', 'inModule'];
    const fine = [
      'know',
      'seed',
      'multiply',
      'boundNames',
      'withGain',
      'toRange',
      'asArray',
      'shapeOf',
      'isGiven',
      'read',
    ];
    assert.deepEqual([...odd, ...fine].filter(isOdd), odd);
  });
});
