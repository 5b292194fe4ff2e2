// Sets up, builds and opens samples/ in VS Code with the extension: the desktop's where it is installed, else the
// browser editor, whose address is printed. With arguments it runs the command line instead:
//   npm start
//   npm start -- compare samples/cifar_cnn.py
import { inRoot, root } from './lib/paths.mjs';
import { main, run, say, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

const samples = inRoot('samples');

/** The build's own lines go to standard error: a command's output, such as JSON, stays alone on standard output. */
async function build() {
  const code = await run(process.execPath, [inRoot('esbuild.mjs')], { stdio: ['ignore', 2, 2] });
  if (code !== 0) throw new Unmet('the build failed; its output above says why');
}

async function openDesktop(program) {
  say(`opening samples/ in ${program}`);
  return run(program, [`--extensionDevelopmentPath=${root}`, '--new-window', samples], { stdio: ['ignore', 2, 2] });
}

async function openBrowserEditor() {
  const { editorAddress, startServer } = await import('./editor/browserEditor.mjs');
  const { forward } = await import('./editor/servers.mjs');
  const port = Number(process.env.PORT) || undefined;
  const server = await startServer();
  const door = await forward(editorAddress(server.address, { workspace: samples, extension: root }), port);
  say('no desktop VS Code was found here; samples/ is open in the browser editor, a real VS Code, at');
  console.log(door.address);
  say('Ctrl-C ends it.');
  await Promise.race([
    server.ended,
    new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve)),
  ]);
  await door.stop();
  await server.stop();
}

await main(async () => {
  await setup();
  await build();
  const args = process.argv.slice(2);
  if (args.length) return run(process.execPath, [inRoot('dist', 'cli.js'), ...args]);
  const { findDesktop } = await import('./editor/desktop.mjs');
  const desktop = findDesktop();
  return desktop ? openDesktop(desktop) : openBrowserEditor();
});
