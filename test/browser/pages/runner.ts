// The page of runner.test.ts that starts the real worker, as the compare panel does, and tells what it says.
declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();

window.addEventListener('message', async ({ data }) => {
  if (data.type !== 'run') return;
  const [script, wasm] = await Promise.all([
    fetch(data.resources.worker).then((response) => response.text()),
    fetch(data.resources.wasm).then((response) => response.arrayBuffer()),
  ]);
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  worker.onerror = (event) => api.postMessage({ type: 'error', message: event.message });
  worker.onmessage = (event) => {
    api.postMessage(event.data);
    if (event.data.type === 'done' || event.data.type === 'error') worker.terminate();
  };
  worker.postMessage({ ...data.request, runtime: { wasm } });
});

api.postMessage({ type: 'ready' });

export {};
