import type { OnnxRequest } from '../fromOnnx/extraction';
import type { OnnxInspection, OnnxRewriting, OnnxRewritingRequest } from '../rewrite/onnxFile';
import { formOf, type ModelForm } from './forms';
import type { ReadRequest, ReadResult } from './messages';
import type { ReaderOptions } from './reader';

/** Whatever reads models: one thread, or one for each form. */
export interface ModelReading {
  read(request: ReadRequest, options: ReaderOptions): Promise<ReadResult>;
  dispose(): void;
}

/** What is done with ONNX files in their thread, besides reading their graphs. */
export interface OnnxFiles {
  inspect(request: OnnxRequest, options: ReaderOptions): Promise<OnnxInspection>;
  rewrite(request: OnnxRewritingRequest, options: ReaderOptions): Promise<OnnxRewriting>;
}

/** Reads each model in the thread for what it is written in; a thread starts when it is first needed. */
export class Readers implements ModelReading, OnnxFiles {
  constructor(
    private readonly readers: Readonly<Record<ModelForm, ModelReading>> & { readonly onnx: ModelReading & OnnxFiles },
  ) {}

  read(request: ReadRequest, options: ReaderOptions): Promise<ReadResult> {
    return this.readers[options.form ?? formOf(request.file)].read(request, options);
  }

  inspect(request: OnnxRequest, options: ReaderOptions): Promise<OnnxInspection> {
    return this.readers.onnx.inspect(request, options);
  }

  rewrite(request: OnnxRewritingRequest, options: ReaderOptions): Promise<OnnxRewriting> {
    return this.readers.onnx.rewrite(request, options);
  }

  dispose(): void {
    for (const reader of Object.values(this.readers)) reader.dispose();
  }
}
