import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { CliHost } from '../../src/cli/host';
import { type ServeOptions, serve } from '../../src/cli/mcp/server';
import { NodeSource } from '../../src/source/node';
import { wasmRuntime } from './ort';
import { testReader } from './reader';
import { testSyntax } from './syntax';

/** A folder of the disk, with files of one's own. */
export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'activation-lens-')));
  readonly at = (...parts: string[]): string => join(this.path, ...parts);

  write(name: string, text: string): string {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
    return this.at(name);
  }

  link(name: string, target: string): string {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    symlinkSync(target, this.at(name));
    return this.at(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

export interface Called {
  readonly isError: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form, which tests look into
  readonly answer: any;
}

export interface Connected {
  readonly client: Client;
  readonly call: (name: string, given?: Record<string, unknown>, signal?: AbortSignal) => Promise<Called>;
  readonly close: () => Promise<void>;
}

const unused = () => {
  throw new Error('the terminal is not used');
};

/** A client of the SDK's and the server, joined in memory. @param clientRoots what the client tells; none: it knows of no roots */
export async function connect(
  options: Partial<ServeOptions>,
  clientRoots?: () => readonly string[],
  host: Partial<CliHost> = {},
): Promise<Connected> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const whole: CliHost = {
    syntax: testSyntax(),
    reader: testReader(),
    source: new NodeSource(),
    rulePage: () => undefined,
    canMeasure: () => true,
    openRuntime: wasmRuntime,
    out: unused,
    err: unused,
    json: unused,
    help: { writeOut: unused, writeErr: unused },
    ...host,
  };
  const served = serve(whole, { root: [], library: [], ...options }, theirs);
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: clientRoots ? { roots: { listChanged: true } } : {} },
  );
  if (clientRoots)
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: clientRoots().map((folder) => ({ uri: pathToFileURL(folder).href })),
    }));
  await client.connect(ours);
  return { client, call: caller(client), close: () => client.close().then(() => served) };
}

/** Calls tools and reads their answers. */
export const caller =
  (client: Client): Connected['call'] =>
  async (name, given = {}, signal = new AbortController().signal) => {
    const found = await client.callTool({ name, arguments: given }, undefined, { signal, timeout: 120_000 });
    const [content, ...more] = found.content as { type: string; text: string }[];
    assert.equal(content?.type, 'text');
    assert.equal(more.length, 0);
    return { isError: found.isError === true, answer: JSON.parse(content.text) };
  };
