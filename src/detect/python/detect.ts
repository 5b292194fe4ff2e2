import type { SourceText } from '../../source/source';
import { python, pythonName, Words } from '../../syntax/identifiers';
import type { Node, Tree } from '../../syntax/syntax';
import type { ActivationSite } from '../site';
import { type Skipped, toSkipped } from '../skipped';
import { lastWord, pytorchSpellings } from '../spellings';
import { type Imported, Names, type OwnActivation } from './names';
import { compareSites, detectPart, type Extent, type PartResult } from './part';
import { tensorMethods } from './receivers';
import { aliasBehind, aliasesIn, mayConfigure } from './searches';

/** Rounds in which definitions make activations of definitions that use them. */
const OWN_ROUNDS = 4;

const nothing: Imported = new Map();

/**
 * The activations that Python code names, in order, by syntax alone. Half-typed code gives what is there.
 * The text is searched first, and only what may be a spelling is looked at in the tree.
 * @param imported what names from other modules of the workspace mean, where that is known
 */
export function detectPython(tree: Tree, text: SourceText, imported = nothing): ActivationSite[] {
  return finish(new PythonSites().update(tree, text, imported));
}

/** The classes and functions of a file that are activations, by name, and the sites of the file. */
export function definitionsOf(
  tree: Tree,
  text: SourceText,
  imported = nothing,
): { readonly definitions: ReadonlyMap<string, OwnActivation>; readonly sites: readonly ActivationSite[] } {
  const detector = new PythonSites();
  const sites = finish(detector.update(tree, text, imported));
  return { definitions: detector.definitions, sites };
}

/** Runs to the end without a pause. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

interface Part extends Extent {
  readonly row: number;
  readonly text: string;
  /** All names in its text, once they are asked for. */
  words?: readonly string[];
}

/** The names in a part that are those of the file's own activations, as the part writes them. */
function mentionedNames(part: Part, own: ReadonlyMap<string, OwnActivation>): [string, [string, OwnActivation]][] {
  part.words ??= [...new Set(Array.from(python.in(part.text), ([word]) => word))];
  return part.words.flatMap((word): [string, [string, OwnActivation]][] => {
    const name = pythonName(word);
    const found = own.get(name);
    return found ? [[word, [name, found]]] : [];
  });
}

/** A part's result, and where the part stood. */
interface CachedPart extends PartResult {
  readonly start: number;
  readonly row: number;
}

/**
 * The sites of one file through its versions. The file is looked at by its top-level definitions, and what the text of
 * one gave is kept: after a key press only the definition around the cursor is looked at again.
 */
export class PythonSites {
  private cache = new Map<string, CachedPart>();
  /** What every part depends on: the statements between definitions, the names of these, and other files. */
  private shared: { readonly key: string; readonly imported: Imported } | undefined;
  /** The file's own activations by name, as of the last update. */
  definitions: ReadonlyMap<string, OwnActivation> = new Map();
  /** What of the text the last update did not look at. */
  skipped: readonly Skipped[] = [];

  /** Yields where it can be interrupted; the tree must stay the text's until the end. */
  *update(tree: Tree, text: SourceText, imported: Imported): Generator<void, ActivationSite[]> {
    this.definitions = new Map();
    this.skipped = [];
    // A configuration names activations and no framework.
    const onlyStrings = !text.text.includes('torch') && imported.size === 0;
    if (onlyStrings && !mayConfigure(text.text)) return [];
    const root = tree.rootNode;
    const { parts, key, moduleText } = yield* partsOf(root, text.text);
    if (this.shared?.key !== key || this.shared.imported !== imported) this.cache.clear();
    this.shared = { key, imported };
    const names = new Names(root, text.text, imported, text.file);
    const words = [...aliasesIn(moduleText), ...importedWords(imported, text.text)];
    const kept = new Map<string, CachedPart>();
    let own: ReadonlyMap<number, OwnActivation> = new Map();
    let results: readonly CachedPart[] = [];
    for (let round = 0; round < OWN_ROUNDS; round++) {
      const found = new Map<number, OwnActivation>();
      const byName = namesOf(own, text.text);
      const next: CachedPart[] = [];
      for (const part of parts) {
        // Only a part that names one of the file's own activations depends on them.
        const used = byName.size > 0 ? mentionedNames(part, byName) : [];
        const id = `${JSON.stringify(used.map(([, own]) => own))} ${part.text}`;
        let result = kept.get(id) ?? this.cache.get(id);
        if (!result) {
          const ownNames = new Set(used.map(([word]) => word));
          const context = { root, text, names, words, own, ownNames, onlyStrings };
          result = { ...(yield* detectPart(context, part)), start: part.start, row: part.row };
        }
        result = movePart(result, part, text.file);
        kept.set(id, result);
        next.push(result);
        for (const [index, activation] of result.definitions) found.set(index, activation);
        yield;
      }
      results = next;
      if (JSON.stringify([...found]) === JSON.stringify([...own])) break;
      own = found;
    }
    this.cache = kept;
    this.definitions = namesOf(own, text.text);
    this.skipped = results.flatMap(({ tooDeep }) => tooDeep.map((each) => toSkipped(each, text.file)));
    return results.flatMap(({ sites }) => sites).sort(compareSites);
  }
}

function namesOf(own: ReadonlyMap<number, OwnActivation>, text: string): Map<string, OwnActivation> {
  return new Map([...own].map(([index, activation]) => [pythonName(python.at(text, index)), activation]));
}

/** A part's result where the part stands now. */
function movePart(result: CachedPart, part: Part, file: string): CachedPart {
  const [rows, offset] = [part.row - result.row, part.start - result.start];
  if (rows === 0 && offset === 0) return result;
  const move = (range: ActivationSite['range']) => ({
    ...range,
    file,
    line: range.line + rows,
    endLine: range.endLine + rows,
  });
  return {
    start: part.start,
    row: part.row,
    sites: result.sites.map((site) => ({ ...site, range: move(site.range), expression: move(site.expression) })),
    definitions: new Map([...result.definitions].map(([index, own]) => [index + offset, own])),
    tooDeep: result.tooDeep.map((each) => ({
      ...each,
      start: each.start + offset,
      end: each.end + offset,
      row: each.row + rows,
      endRow: each.endRow + rows,
    })),
  };
}

/** A definition up to its name. */
const heading = new RegExp(`^(?:@[^\\n]*\\n\\s*)*(?:async\\s+)?(?:class|def)\\s+${python.name}`, 'u');

/** What of a class tells what its objects are: its bases, and methods that tensors have too. */
function methodsOfTensors(part: string): string[] {
  const bases = classBases.exec(part)?.[0];
  return bases === undefined ? [] : [bases, ...(part.match(tensorMethods()) ?? [])];
}

const classBases = new RegExp(`^(?:@[^\\n]*\\n\\s*)*class\\s+${python.name}\\s*(?:\\([^)]*\\))?`, 'u');

/** The file's definitions, and the statements between them. */
function* partsOf(root: Node, text: string): Generator<void, { parts: Part[]; key: string; moduleText: string }> {
  const parts: Part[] = [];
  const between: string[] = [];
  const key: string[] = [];
  let open: { start: number; row: number; end: number } | undefined;
  const close = () => {
    if (!open) return;
    const part = text.slice(open.start, open.end);
    parts.push({ ...open, text: part });
    between.push(part);
    open = undefined;
  };
  for (const { type, start, end, row } of statementsOf(root)) {
    yield;
    if (/^(class|function|decorated)_definition$/.test(type)) {
      close();
      const part = text.slice(start, end);
      parts.push({ start, end, row, text: part });
      key.push(heading.exec(part)?.[0] ?? '', ...methodsOfTensors(part));
    } else if (open) open.end = end;
    else open = { start, end, row };
  }
  close();
  const moduleText = between.join('\n');
  return { parts, key: `${key.join('\n')}\n${moduleText}`, moduleText };
}

interface Statement extends Extent {
  readonly type: string;
  readonly row: number;
}

/** The statements of a file one by one: there may be so many that a list of them would hold up its host. */
function* statementsOf(root: Node): Generator<Statement> {
  const cursor = root.walk();
  try {
    if (!cursor.gotoFirstChild()) return;
    do {
      const { type, startIndex: start, endIndex: end, startPosition } = cursor.currentNode;
      // Marks such as `;` are no statements.
      if (/^\w/.test(type) && type !== 'comment') yield { type, start, end, row: startPosition.row };
    } while (cursor.gotoNextSibling());
  } finally {
    cursor.delete();
  }
}

/** Names of other files' activations, and of PyTorch's that other files hand on. */
function importedWords(imported: Imported, text: string): string[] {
  const words: string[] = [];
  const all = new Words(python, text);
  for (const [name, { own, name: full }] of imported) {
    if (!own && !pytorchSpellings().names.has(full ?? '')) continue;
    const word = lastWord(name);
    const places = [...all.places(word)];
    if (places.length > 0) words.push(word);
    for (const at of places) {
      const alias = aliasBehind(text, at + word.length);
      if (alias) words.push(alias);
    }
  }
  return words;
}
