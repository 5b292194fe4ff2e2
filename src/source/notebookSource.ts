import { type CellRange, cellAt, type NotebookText, readNotebook } from './notebook';
import type { Source, SourceText } from './source';

/** A source that gives a notebook's Python: its code cells one after the other. Other files are as they are. */
export class NotebookSource implements Source {
  private readonly notebooks = new Map<string, NotebookText>();

  constructor(private readonly inner: Source) {}

  async read(file: string): Promise<SourceText | undefined> {
    const text = await this.inner.read(file);
    if (!text || !isNotebook(file)) return text;
    const notebook = readNotebook(text.text);
    this.notebooks.set(file, notebook);
    return { ...text, text: notebook.text };
  }

  resolve(from: string, module: string, level: number): Promise<string | undefined> {
    return this.inner.resolve(from, module, level);
  }

  async bytes(file: string): Promise<Uint8Array | undefined> {
    return this.inner.bytes?.(file);
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    return this.inner.locate?.(from, path);
  }

  /** The notebooks that were read. */
  get files(): readonly string[] {
    return [...this.notebooks.keys()];
  }

  /** The cell of a notebook that was read, at a line of its joined text. */
  cellAt(file: string, line: number): CellRange | undefined {
    const notebook = this.notebooks.get(file);
    return notebook && cellAt(notebook, line);
  }
}

/** Whether a file's name is a notebook's. */
export function isNotebook(file: string): boolean {
  return /\.ipynb$/i.test(file);
}
