// The page of harness.test.ts: shows that the test's stand-in for the editor does what the editor does.
declare function acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown };

const api = acquireVsCodeApi();

window.addEventListener('message', async ({ data }) => {
  if (data.type === 'adapter')
    api.postMessage({ type: 'adapter', found: Boolean(await navigator.gpu?.requestAdapter()) });
  if (data.type === 'eval') {
    try {
      // biome-ignore lint/security/noGlobalEval: what is tested is that the page may not.
      globalThis.eval('1');
    } catch (error) {
      api.postMessage({ type: 'refused', message: String(error) });
    }
  }
});

api.postMessage({ type: 'state', state: api.getState() });
