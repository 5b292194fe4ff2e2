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
    post: (message) => api.postMessage(message),
    restore: () => api.getState(),
    save: (state) => api.setState(state),
  };
}

/**
 * Calls `handle` with each message of the host that has the shape `check` accepts. Others are dropped with a line in
 * the console: other extensions' scripts and the editor itself post to the same window.
 */
export function listen<In>(check: (data: unknown) => data is In, handle: (message: In) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (check(event.data)) handle(event.data);
    else if (isRecord(event.data) && typeof event.data.type === 'string')
      console.warn(`Activation Lens: message "${event.data.type}" has an unexpected shape and was ignored.`);
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

export function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** A plain object of numbers, booleans and strings: an activation's parameters. */
export function isParameters(value: unknown): value is Readonly<Record<string, number | boolean | string>> {
  return isRecord(value) && Object.values(value).every((item) => ['number', 'boolean', 'string'].includes(typeof item));
}

/** A range in source text, as `SourceRange` has it. */
export function isSourceRange(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.file === 'string' &&
    [value.line, value.column, value.endLine, value.endColumn].every((item) => Number.isInteger(item))
  );
}
