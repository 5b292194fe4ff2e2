// Small servers on loopback beside the editor's own.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, relative } from 'node:path';

async function listen(handle, port = 0) {
  const server = createServer(handle);
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const bound = /** @type {import('node:net').AddressInfo} */ (server.address());
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { address: `http://127.0.0.1:${bound.port}/`, stop };
}

/**
 * A short address that leads to the editor's long one.
 * @param {string} target
 * @param {number} [port] any free one unless given
 */
export const forward = (target, port) =>
  listen((_request, response) => response.writeHead(302, { location: target }).end(), port);

const types = { '.cjs': 'text/javascript', '.js': 'text/javascript', '.json': 'application/json' };

/** A folder's files for other origins, as a web extension is served. */
export const serveFolder = (folder) =>
  listen(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = join(folder, path);
    const headers = {
      'access-control-allow-origin': '*',
      'content-type': types[extname(file)] ?? 'application/octet-stream',
    };
    const bytes = relative(folder, file).startsWith('..') ? undefined : await readFile(file).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, headers).end(bytes);
  });
