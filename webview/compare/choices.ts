import type { SwapSite } from '../../src/compare/report';
import { action, type CheckboxControl, checkbox } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { popover } from '../ui/popover';
import type { BarSetting } from './settings';
import { type CompareState, drawsWeights, type ModelMessage, toggle, weightsFileOf } from './state';
import { drawOnChange, type View } from './view';

/** Which places of the model are swapped. */
export function placesSetting(view: View): BarSetting {
  const words = view.texts.compare;
  const places = element('ul', { className: 'places' });
  const fresh = checkbox({
    label: words.reinitialise,
    checked: false,
    title: words.reinitialiseHint,
    onChange: (reinitialise) => view.change({ reinitialise }),
  });
  const kept = element('p', { className: 'faint small' });
  const made = popover(
    words.shortPlaces,
    'places',
    element(
      'div',
      { className: 'all-none' },
      action(words.all, () => chooseSites(() => true), { title: words.places }),
      action(words.none, () => chooseSites(() => false), { title: words.places }),
    ),
    places,
    fresh.node,
    kept,
  );

  let state: CompareState | undefined;
  let siteBoxes = new Map<string, CheckboxControl>();

  function chooseSites(chosen: () => boolean): void {
    view.change({ sites: new Set(state?.model?.sites.filter(chosen).map((site) => site.id)) });
  }

  function place(site: SwapSite, titles: ReadonlyMap<string, string>): HTMLElement {
    const [first, ...rest] = site.paths;
    const title = titles.get(site.activation) ?? site.activation;
    const name = first || title;
    const box = checkbox({
      label: name,
      checked: state?.sites.has(site.id) ?? false,
      title: site.paths.join('\n'),
      onChange: (checked) => view.change({ sites: toggle(state?.sites ?? new Set(), site.id, checked) }),
    });
    siteBoxes.set(site.id, box);
    const { source, written, unit, kept } = site;
    const named = unit === undefined ? title : words.gateOf(title, unit);
    const about = [written ? words.writtenOut(named) : named, ...(rest.length > 0 ? [words.more(rest.length)] : [])];
    return element(
      'li',
      {},
      box.node,
      element(
        'span',
        { className: 'place-about' },
        element('span', { className: 'faint' }, about.join(words.separator)),
        source &&
          action(words.line(source.line + 1), () => view.post({ type: 'reveal', source }), {
            title: words.showPlace(name),
          }),
      ),
      kept !== undefined && element('p', { className: 'place-kept faint' }, kept),
    );
  }

  const build = drawOnChange((model: ModelMessage | undefined) => {
    siteBoxes = new Map();
    const titles = new Map(model?.candidates.map((option) => [option.activation, option.title]));
    const sites = model?.sites ?? [];
    replaceChildren(
      places,
      ...(sites.length > 0
        ? sites.map((site) => place(site, titles))
        : [element('li', { className: 'faint' }, words.noPlaces)]),
    );
  });

  const tick = drawOnChange((sites: ReadonlySet<string>, all: number) => {
    for (const [id, box] of siteBoxes) box.checked = sites.has(id);
    made.say(all > 0 ? words.shortChosen(sites.size, all) : '');
  });

  return {
    popover: made,
    update: (next) => {
      state = next;
      build(next.model);
      const file = weightsFileOf(next.model);
      fresh.checked = drawsWeights(next);
      fresh.enable(file === undefined);
      kept.hidden = file === undefined;
      setText(kept, file === undefined ? '' : words.keepsWeights(file));
      tick(next.sites, next.model?.sites.length ?? 0);
    },
  };
}
