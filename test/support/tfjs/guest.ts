/** The guest's bundle, built once for a test run and run in a context of its own, as the interpreter runs it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, createContext, runInContext } from 'node:vm';
import { buildGuest } from '../../../scripts/esbuild-guest.mjs';
import { checkedOutcome } from '../../../src/tfjs/check';
import type { GuestOutcome } from '../../../src/tfjs/outcome';
import { inRoot } from '../paths';

let text: Promise<string> | undefined;

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-guest-'));
  try {
    const out = join(folder, 'guest.js');
    const entry = inRoot('test', 'support', 'tfjs', 'guestEntry.ts');
    await buildGuest({ entry, out, production: false, globalName: 'guest' });
    return readFileSync(out, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An interpreter that holds the guest and nothing of its surroundings. */
export class Guest {
  private constructor(private readonly context: Context) {}

  static async make(): Promise<Guest> {
    text ??= build();
    const quiet = { log() {}, warn() {}, error() {}, info() {} };
    const context = createContext({ console: quiet });
    runInContext(`${await text}\nglobalThis.guest = guest;`, context, { filename: 'guest.js' });
    return new Guest(context);
  }

  /** What an expression is there, as plain data: what crosses the border is one string. */
  evaluate(code: string): unknown {
    const json = runInContext(
      `JSON.stringify((() => { const { tf, record } = guest; return (${code}); })())`,
      this.context,
    );
    return json === undefined ? undefined : JSON.parse(json as string);
  }

  /** Records the model that a piece of code makes: a function of `tf` that returns `{ target, inputs }`. */
  record(make: string, batch: number, training = false): GuestOutcome {
    return checkedOutcome(
      this.evaluate(`(() => {
        const made = (${make})(tf);
        return record(made.target, { batch: ${batch}, training: ${training}, inputs: made.inputs, name: made.target.name || 'f' });
      })()`),
    );
  }
}
