import type { ReadRequest, ReadResult } from './messages';
import type { ReaderOptions } from './reader';

/** What models are written in: each is read in a thread of its own, with its own library. */
export type ModelForm = 'python' | 'tfjs' | 'onnx';

/** Whatever reads models: one thread, or one for each form. */
export interface ModelReading {
  read(request: ReadRequest, options: ReaderOptions): Promise<ReadResult>;
  dispose(): void;
}

const TFJS = /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/i;

/** What a file's model is written in, by its name; the cell of a notebook is Python. */
export function formOf(file: string): ModelForm {
  const path = file.replace(/[?#].*$/, '');
  if (/\.onnx$/i.test(path)) return 'onnx';
  return TFJS.test(path) ? 'tfjs' : 'python';
}

/** Reads each model in the thread for what it is written in; a thread starts when it is first needed. */
export class Readers implements ModelReading {
  constructor(private readonly readers: Readonly<Record<ModelForm, ModelReading>>) {}

  read(request: ReadRequest, options: ReaderOptions): Promise<ReadResult> {
    return this.readers[formOf(request.file)].read(request, options);
  }

  dispose(): void {
    for (const reader of Object.values(this.readers)) reader.dispose();
  }
}
