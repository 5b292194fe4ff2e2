import type { GenericSchema, InferOutput } from 'valibot';
import { pack } from '../../src/protocol/numbers';
import { parse } from '../../src/protocol/parse';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The panel's line to its host. `Out` is what the panel may send, by the protocol. */
export interface PanelApi<Out> {
  post(message: Out): void;
  /** What `save` kept when the panel was last shown; not trusted, since an older version may have written it. */
  restore(): unknown;
  save(state: unknown): void;
}

/** The one place that acquires the editor's API: the editor gives it once per page. */
export function connect<Out>(): PanelApi<Out> {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(pack(message)),
    restore: () => api.getState(),
    save: (state) => api.setState(state),
  };
}

/**
 * Calls `handle` with each message of the host that has the shape of the protocol. Others are dropped with a line in the
 * console: other extensions' scripts and the editor itself post to the same window.
 * @param refuse gets the type of each that was dropped
 */
export function listen<const S extends GenericSchema>(
  schema: S,
  handle: (message: InferOutput<S>) => void,
  refuse?: (type: string) => void,
): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parse(schema, data);
    if (message !== undefined) handle(message);
    else if (typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string') {
      console.warn(`Activation Lens: message "${data.type}" has an unexpected shape and was ignored.`);
      refuse?.(data.type);
    }
  });
}
