import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, relative } from 'node:path';
import { inRoot, root } from './paths';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * Serves pages on one loopback origin and the repository's built files on another, as the editor does: a webview's
 * resources come from elsewhere, so what works only on one origin fails here too.
 */
export class PageServer {
  private readonly pages = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PageServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new PageServer(server);
    server.on('request', async (request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      const found = await started.find(path);
      const headers = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
      if (found)
        response.writeHead(200, { ...headers, 'content-type': types[extname(path)] ?? 'text/html; charset=utf-8' });
      else response.writeHead(404, headers);
      response.end(found);
    });
    return started;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Origin of `dist/…`, `media/…`, `out/…`, and of what benchmarks fetch from their peers. */
  get resources(): string {
    return `http://localhost:${this.port}`;
  }

  /** Keeps a page and returns its address. */
  add(html: string): string {
    const path = `/page-${this.pages.size + 1}`;
    this.pages.set(path, html);
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async find(path: string): Promise<string | Buffer | undefined> {
    const page = this.pages.get(path);
    if (page !== undefined) return page;
    const file = inRoot(path);
    if (!/^(dist|media|out|test|node_modules[\\/]@tensorflow)[\\/]/.test(relative(root, file))) return undefined;
    return readFile(file).catch(() => undefined);
  }
}
