// Runs a suite in desktop VS Code. A program of its own, so that it can be started under a virtual screen.
//   node scripts/editor/runDesktop.mjs SUITE WORKSPACE [web]      web: in the extension host of a web worker
import { runTests } from '@vscode/test-electron';
import { root } from '../lib/paths.mjs';

const [suite, workspace, host] = process.argv.slice(2);
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

process.exitCode = await runTests({
  extensionDevelopmentPath: root,
  extensionTestsPath: suite,
  launchArgs: [
    workspace,
    ...(host === 'web' ? ['--extensionDevelopmentKind=web'] : []),
    ...['--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
    ...asRoot,
  ],
}).catch((error) => {
  console.error(error);
  return 1;
});
