// Runs the in-editor suite in desktop VS Code. A program of its own, so that it can be started under a virtual screen.
//   node scripts/editor/runDesktop.mjs WORKSPACE
import { runTests } from '@vscode/test-electron';
import { inRoot, root } from '../lib/paths.mjs';

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

process.exitCode = await runTests({
  extensionDevelopmentPath: root,
  extensionTestsPath: inRoot('out', 'test', 'editor', 'index.cjs'),
  launchArgs: [
    process.argv[2],
    ...['--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
    ...asRoot,
  ],
}).catch((error) => {
  console.error(error);
  return 1;
});
