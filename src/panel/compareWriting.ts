import * as vscode from 'vscode';
import type { CompareRequests } from '../protocol/compare';
import type { RequestParameters } from '../protocol/requests';
import { sitesLater } from '../protocol/sitesLater';
import type { Applied, Reading } from './compareServices';

/** What of a panel writing needs: the last reading of its model, and a way to have it read again. */
interface Shown {
  reading(): Reading | undefined;
  readAgain(): Promise<void>;
}

/** Writes candidates into the source of the model that a panel shows, and takes back what was written last. */
export class CompareWriting {
  private taken: Applied['undo'] | undefined;

  constructor(private readonly shown: Shown) {}

  async apply(change: RequestParameters<CompareRequests, 'apply'>): Promise<Pick<Applied, 'edits'>> {
    const { reading, sites } = await this.find(change.sites);
    const { edits, undo } = await reading.apply({ ...change, sites });
    this.taken = undo;
    void this.shown.readAgain();
    return { edits };
  }

  async preview(change: RequestParameters<CompareRequests, 'preview'>): Promise<null> {
    const { reading, sites } = await this.find(change.sites);
    await reading.preview({ ...change, sites });
    return null;
  }

  async undo(): Promise<null> {
    const undo = this.taken;
    if (!undo) throw new Error(vscode.l10n.t('Nothing was written since this panel was opened.'));
    this.taken = undefined;
    try {
      await undo();
    } catch (error) {
      // Once what was edited since is undone, it can be.
      this.taken = undo;
      throw error;
    }
    void this.shown.readAgain();
    return null;
  }

  /** The model as its text is now, and where the sites that the page knows stand in it. */
  private async find(
    ids: readonly string[],
  ): Promise<{ readonly reading: Reading; readonly sites: readonly string[] }> {
    const before = this.shown.reading();
    if (before?.isStale()) await this.shown.readAgain();
    const reading = this.shown.reading();
    if (!before || !reading) throw new Error(vscode.l10n.t('No model has been read yet.'));
    const [then, now] = [before.message, reading.message];
    const areModels = then.type === 'model' && now.type === 'model';
    return { reading, sites: areModels ? sitesLater(ids, then.sites, now.sites) : ids };
  }
}
