import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { InputSpec } from '../../src/extract/spec';
import type { Within } from '../../src/extract/within';

export interface Verdict {
  readonly verdict: 'verified' | 'unverified' | 'wrong';
  readonly reason: string;
}

export type Question =
  | ReadQuestion
  /** Of a model that was refused: whether PyTorch builds it. */
  | { readonly file: string; readonly expression: string; readonly refused: true };

/** What PyTorch is asked to build and run. */
export interface ReadQuestion {
  readonly file: string;
  readonly expression: string;
  /** The call whose arguments were taken, from 1, where some were. */
  readonly line?: number | undefined;
  readonly lineFile?: string | undefined;
  /** It is built with settings, and no line says with which. */
  readonly settings?: boolean;
  /** The larger model in which it was found. */
  readonly within?: Within | undefined;
  readonly parameters: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly (readonly number[])[];
}

/** A Python with PyTorch that runs a checkout's code, in a process of its own: one a checkout, a new one after a crash. */
export class Judge {
  private child: ChildProcess | undefined;
  private lines: Interface | undefined;

  constructor(
    private readonly python: string,
    private readonly script: string,
    private readonly root: string,
    private readonly milliseconds: number,
  ) {}

  ask(question: Question): Promise<Verdict> {
    const child = this.start();
    return new Promise((resolve) => {
      const finish = (verdict: Verdict): void => {
        clearTimeout(timer);
        this.lines?.removeAllListeners('line');
        child.removeAllListeners('close');
        resolve(verdict);
      };
      const timer = setTimeout(() => {
        this.close();
        finish({ verdict: 'unverified', reason: `PyTorch took more than ${this.milliseconds / 1000} s` });
      }, this.milliseconds);
      this.lines?.once('line', (line) => finish(JSON.parse(line) as Verdict));
      child.once('close', () => {
        this.child = undefined;
        finish({ verdict: 'unverified', reason: 'the Python process crashed' });
      });
      child.stdin?.write(`${JSON.stringify(question)}\n`);
    });
  }

  close(): void {
    this.child?.removeAllListeners('close');
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private start(): ChildProcess {
    if (this.child) return this.child;
    // What the code writes beside itself goes to a folder that is nobody's; nothing is downloaded.
    const cwd = mkdtempSync(join(tmpdir(), 'zoo-'));
    const offline = {
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      CUDA_VISIBLE_DEVICES: '',
    };
    const child = spawn(this.python, [this.script, this.root], {
      cwd,
      env: { ...process.env, ...offline },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    this.lines = createInterface({ input: child.stdout });
    this.child = child;
    return child;
  }
}
