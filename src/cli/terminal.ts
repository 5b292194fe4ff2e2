import { Writable } from 'node:stream';
import { lines, oneLine } from '../language/legible';

/** The door to the terminal: what acts on one is spelled out, as text of a file may hold it. */
export interface Terminal {
  /** A line on standard output, or several: each text is one, whatever it holds. */
  readonly out: (text: string | readonly string[]) => void;
  /** The same on standard error. */
  readonly err: (text: string | readonly string[]) => void;
  /** Data for programs on standard output, to the byte: JSON has rules of its own for what acts. */
  readonly json: (value: unknown) => void;
  /** A text of ours that has lines of its own, on standard output or standard error. */
  readonly help: { readonly writeOut: Write; readonly writeErr: Write };
}

/** Takes text as it is. */
export type Write = (text: string) => void;

/** The terminal behind two ways to write; without any it is that of this process. */
export function terminal(
  out: Write = (text) => process.stdout.write(text),
  err: Write = (text) => process.stderr.write(text),
): Terminal {
  const each = (text: string | readonly string[]) =>
    [text]
      .flat()
      .map((line) => `${oneLine(line)}\n`)
      .join('');
  return {
    out: (text) => out(each(text)),
    err: (text) => err(each(text)),
    json: (value) => out(`${JSON.stringify(value, null, 2)}\n`),
    help: { writeOut: (text) => out(lines(text)), writeErr: (text) => err(lines(text)) },
  };
}

/**
 * Takes standard output for a protocol: what anything else writes there goes to standard error from then on, such as what
 * a library has to say.
 */
export function takeStandardOutput(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Writable({ write: (chunk, _encoding, done) => void write(chunk, done) });
}
