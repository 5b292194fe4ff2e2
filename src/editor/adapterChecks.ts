import type * as vscode from 'vscode';
import { checkedAdapters } from '../protocol/adapters';
import { parse } from '../protocol/parse';

const memory = 'compare.adapters';
/** A week: drivers are renewed without a word. */
const LIFE = 7 * 24 * 3600 * 1000;
/** GPUs, each in a browser and with a runtime, that are remembered. */
const MOST = 8;

/** The GPUs that computed right when they were checked, kept for all workspaces for a while. */
export class AdapterChecks {
  /**
   * @param version of the extension: another one checks anew
   * @param now milliseconds
   */
  constructor(
    private readonly memento: vscode.Memento,
    private readonly version: string,
    private readonly now: () => number = Date.now,
  ) {}

  keys(): readonly string[] {
    return this.read().map(({ key }) => key);
  }

  keep(key: string): void {
    const others = this.read().filter((each) => each.key !== key);
    const all = [{ key, at: this.now() }, ...others].slice(0, MOST);
    void this.memento.update(this.place, all);
  }

  private get place(): string {
    return `${memory} ${this.version}`;
  }

  private read() {
    const since = this.now() - LIFE;
    return (parse(checkedAdapters, this.memento.get(this.place)) ?? []).filter(({ at }) => at > since);
  }
}
