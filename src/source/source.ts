/** The one way to text. Hosts (editor, terminal, tests) implement it; the core never touches a file system. */
export interface Source {
  /**
   * Text of a file, or undefined where there is none or it is not text.
   * Files above `MAX_SOURCE_LENGTH` reject with a message that names the file and its size.
   */
  read(file: string): Promise<SourceText | undefined>;
  /**
   * The file that holds a Python module or a JavaScript specifier, or undefined where the workspace and the library
   * folders have none. `level` counts the leading dots of a Python relative import (0: absolute).
   */
  resolve(from: string, module: string, level: number): Promise<string | undefined>;
  /**
   * The one file of the project that a path in the code of a file means: relative to the file's folder or one above it, or
   * absolute; undefined where there is none, where there are several, and outside of the project.
   */
  locate?(from: string, path: string): Promise<string | undefined>;
  /**
   * Bytes of a file that is no text, or undefined where there is none. Files above `MAX_BINARY_LENGTH` reject with a
   * message that names the file and its size.
   */
  bytes?(file: string): Promise<Uint8Array | undefined>;
}

export interface SourceText {
  /** Host's own name for the file: a path in the terminal, a URI in the editor. */
  readonly file: string;
  readonly text: string;
  /** Changes when the text changes. */
  readonly version: number;
}

/** 4 Mi UTF-16 units: ten times the largest model file seen in the wild. */
export const MAX_SOURCE_LENGTH = 4 * 1024 * 1024;

/** 2 GiB: what one message between threads, and one ONNX file, can be. */
export const MAX_BINARY_LENGTH = 2 * 1024 ** 3 - 1;
