// A short address that leads to the editor's long one.
import { createServer } from 'node:http';

/**
 * @param {string} target
 * @param {number} [port] any free one unless given
 */
export async function forward(target, port = 0) {
  const server = createServer((_request, response) => response.writeHead(302, { location: target }).end());
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { address: `http://127.0.0.1:${server.address().port}/`, stop };
}
