import type { LayerPlace, Report, SwapSite } from '../../src/compare/report';
import { layerName } from '../charts/signal';
import { element, replaceChildren } from '../ui/dom';
import type { CompareState } from './state';
import { drawOnChange, type Section, type View } from './view';

/** Squares that are drawn: a model with more layers is seen in its lines. */
const mostSquares = 200;

/**
 * The network as a strip: a square for each activation on the way through the model, filled where the comparison swaps
 * it. A click shows its place in the source; with Shift it takes the place in or out of the next run.
 */
export function strip(view: View): Section {
  const words = view.texts.compare;
  const list = element('ol', { className: 'strip' });
  const about = element('p', { className: 'faint small' }, words.stripAbout);
  const node = element('div', { className: 'strip-section' }, list, about);
  let state: CompareState | undefined;

  const show = drawOnChange(
    (report: Report | undefined, sites: readonly SwapSite[] | undefined, chosen: ReadonlySet<string>) => {
      const layers = report?.candidates[0]?.signal ?? [];
      node.hidden = layers.length === 0 || layers.length > mostSquares || !sites;
      if (node.hidden || !sites) return;
      replaceChildren(list, ...layers.map((layer) => element('li', {}, square(layer, siteOf(layer, sites), chosen))));
    },
  );

  function square(layer: LayerPlace, site: SwapSite | undefined, chosen: ReadonlySet<string>): HTMLElement {
    const name = layerName({ ...layer, index: layer.index + 1 }, view.texts);
    const isChosen = site !== undefined && chosen.has(site.id);
    const label = isChosen ? words.swappedHere(name) : name;
    return element('button', {
      className: isChosen ? 'square swapped' : 'square',
      attributes: {
        type: 'button',
        title: label,
        'aria-label': label,
        'data-key': `square-${layer.index}`,
        disabled: site === undefined,
      },
      onClick: (event) => site && act(site, event.shiftKey),
    });
  }

  function act(site: SwapSite, toggles: boolean): void {
    if (toggles && state) {
      const sites = new Set(state.sites);
      if (!sites.delete(site.id)) sites.add(site.id);
      view.change({ sites });
    } else if (site.source) view.post({ type: 'reveal', source: site.source });
  }

  return {
    node,
    update: (next) => {
      state = next;
      show(next.report, next.model?.sites, next.sites);
    },
  };
}

/** The site that a layer is of: by its module, else by its line. */
export function siteOf({ path, line }: LayerPlace, sites: readonly SwapSite[]): SwapSite | undefined {
  return (
    (path === '' ? undefined : sites.find(({ paths }) => paths.includes(path))) ??
    sites.find(({ source }) => source !== undefined && source.line + 1 === line)
  );
}
