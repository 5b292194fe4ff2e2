/** One call at a time, in order: two runs of ONNX Runtime at once hang or crash it. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.last.then(action, action);
    // The next one waits for this one's end, whichever way it ends.
    this.last = result.catch(() => undefined);
    return result;
  }
}
