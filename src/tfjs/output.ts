import { type Piece, PositionMap } from './places';

interface Written {
  text: string;
  readonly written: number;
  readonly isCopy: boolean;
}

/** Text that is put together from left to right out of another one, and where each part of it comes from. */
export class Output {
  private readonly parts: Written[] = [];
  /** How much of the written text has been dealt with. */
  private at = 0;

  constructor(readonly text: string) {}

  /** Copies the written text up to an offset. */
  to(offset: number): void {
    if (offset <= this.at) return;
    this.parts.push({ text: this.text.slice(this.at, offset), written: this.at, isCopy: true });
    this.at = offset;
  }

  /** Whether the written text up to an offset has been dealt with. */
  isPast(offset: number): boolean {
    return this.at >= offset;
  }

  /** Adds text of our own. */
  put(text: string): void {
    this.parts.push({ text, written: this.at, isCopy: false });
  }

  /** A place whose text is given later. */
  slot(): { text: string } {
    const slot = { text: '', written: this.at, isCopy: false };
    this.parts.push(slot);
    return slot;
  }

  /** Puts blanks in place of the written text up to an offset: lines and columns stay. */
  blank(offset: number): void {
    if (offset <= this.at) return;
    const text = this.text.slice(this.at, offset).replace(/[^\n\r]/g, ' ');
    this.parts.push({ text, written: this.at, isCopy: true });
    this.at = offset;
  }

  /** Leaves out the written text up to an offset, but for its line breaks. */
  drop(offset: number): void {
    if (offset <= this.at) return;
    const text = this.text.slice(this.at, offset).replace(/[^\n\r]/g, '');
    this.parts.push({ text, written: this.at, isCopy: false });
    this.at = offset;
  }

  finish(): { readonly code: string; readonly map: PositionMap } {
    this.to(this.text.length);
    const pieces: Piece[] = [];
    const texts: string[] = [];
    let made = 0;
    for (const { text, written, isCopy } of this.parts) {
      if (text === '') continue;
      pieces.push({ made, written, isCopy });
      texts.push(text);
      made += text.length;
    }
    const code = texts.join('');
    return { code, map: new PositionMap(code, pieces) };
  }
}
