import { activationOf } from '../../src/compare/standing';
import type { Texts } from '../ui/texts';
import { type CompareState, originalOf, standing } from './state';
import type { View } from './view';

/** Writes a candidate into the source or into a file, shows what that would be, and takes it back. */
export function applying(
  page: Pick<View, 'ask' | 'change'> & { readonly texts: Texts; state(): CompareState },
): Pick<View, 'use' | 'preview' | 'undo'> {
  const { ask, change } = page;
  const words = page.texts.compare;

  /** A candidate at the places where it was measured; the first row stands for what was there then. */
  function orderFor(id: string) {
    const { report } = page.state();
    const now = standing(page.state());
    const candidate = report?.candidates.find((each) => each.id === id);
    if (!report || !candidate || !now) return undefined;
    const { parameters } = candidate;
    const chosen =
      candidate === report.candidates[0] ? originalOf(report) : { activation: activationOf(candidate), parameters };
    return chosen && { ...chosen, sites: now.sites.map((site) => site.id) };
  }

  async function use(id: string): Promise<void> {
    const order = orderFor(id);
    if (!order) return;
    if (page.state().model?.writes) {
      const written = await ask('write', order);
      if (written && written.message !== null) change({ notice: { kind: 'information', message: written.message } });
      return;
    }
    const done = await ask('apply', order);
    if (done) change({ applied: id, notice: { kind: 'information', message: words.applied(done.edits) } });
  }

  function preview(id: string): void {
    const order = orderFor(id);
    if (order) void ask('preview', order);
  }

  /** Takes back what was written last. */
  async function undo(): Promise<void> {
    if ((await ask('undo', {})) === null)
      change({ applied: undefined, notice: { kind: 'information', message: words.undone } });
  }

  return { use, preview, undo };
}
