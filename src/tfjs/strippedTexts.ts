import type { SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import { type Stripped, strip } from './strip';

/** Characters of texts that are kept stripped; with its tree each is some thirty times as large in memory. */
const LARGEST = 1_000_000;

interface Kept {
  readonly text: string;
  readonly stripped: Promise<Stripped>;
}

/** Stripped texts by file, for as long as they stay the same: an edit strips one file again. */
class StrippedTexts {
  private readonly kept = new Map<string, Kept>();
  private size = 0;

  get(syntax: Syntax, file: string, text: string): Promise<Stripped> {
    const known = this.kept.get(file);
    if (known) this.drop(file, known);
    const entry = known?.text === text ? known : { text, stripped: strip(syntax, file, text) };
    this.kept.set(file, entry);
    this.size += text.length;
    // A parse that failed is tried again.
    entry.stripped.catch(() => {
      if (this.kept.get(file) === entry) this.drop(file, entry);
    });
    for (const [oldest, one] of this.kept) {
      if (this.size <= LARGEST) break;
      this.drop(oldest, one);
    }
    return entry.stripped;
  }

  private drop(file: string, entry: Kept): void {
    this.kept.delete(file);
    this.size -= entry.text.length;
  }
}

const known = new WeakMap<Syntax, StrippedTexts>();

/** Strips a text, or gives what was made of the same text before. @throws ParseError, NestingError */
export function cachedStrip(syntax: Syntax, { file, text }: SourceText): Promise<Stripped> {
  let texts = known.get(syntax);
  if (!texts) {
    texts = new StrippedTexts();
    known.set(syntax, texts);
  }
  return texts.get(syntax, file, text);
}
