import * as vscode from 'vscode';
import type { RememberedChoice } from '../panel/compareServices';
import { type DeviceChoice, deviceChoice } from '../protocol/compare';
import { parse } from '../protocol/parse';

const key = 'compare.device';

/** Where comparisons run, kept for all workspaces. */
export class RememberedDevice implements RememberedChoice<DeviceChoice>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<DeviceChoice>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  get(): DeviceChoice {
    return parse(deviceChoice, this.memento.get(key)) ?? 'auto';
  }

  set(choice: DeviceChoice): void {
    if (choice === this.get()) return;
    void this.memento.update(key, choice);
    this.changed.fire(choice);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
