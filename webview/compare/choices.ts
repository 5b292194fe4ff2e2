import type { SwapSite } from '../../src/compare/report';
import type { CandidateOption } from '../../src/protocol/compare';
import { action, type CheckboxControl, checkbox } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { type CompareState, drawsWeights, type ModelMessage, weightsFileOf } from './state';
import { drawOnChange, type Section, type View } from './view';

/** Which places of the model are swapped, and for which candidates. */
export function choices(view: View): Section {
  const words = view.texts.compare;
  const count = element('span', { className: 'faint' });
  const places = element('ul', { className: 'places' });
  const chips = element('div', { className: 'chips', attributes: { role: 'group', 'aria-label': words.candidates } });
  const details = element(
    'details',
    { className: 'places-section', attributes: { open: true } },
    element('summary', {}, element('h2', {}, words.places), count),
    element(
      'div',
      { className: 'all-none' },
      action(words.all, () => chooseSites(() => true), { title: words.places }),
      action(words.none, () => chooseSites(() => false), { title: words.places }),
    ),
    places,
  );
  const fresh = checkbox({
    label: words.reinitialise,
    checked: false,
    title: words.reinitialiseHint,
    onChange: (reinitialise) => view.change({ reinitialise }),
  });
  const kept = element('p', { className: 'faint small' });
  const half = checkbox({
    label: words.half,
    checked: false,
    title: words.halfHint,
    onChange: (on) => view.change({ half: on }),
  });
  const onCpu = checkbox({
    label: words.onWasm,
    checked: false,
    title: words.onWasmHint,
    onChange: (on) => view.change({ onCpu: on }),
  });
  const node = element(
    'div',
    { className: 'choices' },
    details,
    element('section', {}, element('h2', {}, words.candidates), chips),
    element(
      'section',
      { className: 'options' },
      element('h2', {}, words.options),
      fresh.node,
      kept,
      half.node,
      onCpu.node,
    ),
  );

  let state: CompareState | undefined;
  let siteBoxes = new Map<string, CheckboxControl>();
  let candidateBoxes = new Map<string, CheckboxControl>();

  function chooseSites(chosen: () => boolean): void {
    view.change({ sites: new Set(state?.model?.sites.filter(chosen).map((site) => site.id)) });
  }

  const toggle = (set: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> => {
    const next = new Set(set);
    if (on) next.add(id);
    else next.delete(id);
    return next;
  };

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

  function chip(option: CandidateOption): HTMLElement {
    const written = Object.entries(option.parameters).map(([name, value]) => `${name}=${value}`);
    const box = checkbox({
      label: option.title,
      checked: state?.candidates.has(option.activation) ?? false,
      title: written.length > 0 ? `${option.title} (${written.join(', ')})` : option.title,
      onChange: (checked) =>
        view.change({ candidates: toggle(state?.candidates ?? new Set(), option.activation, checked) }),
    });
    candidateBoxes.set(option.activation, box);
    return box.node;
  }

  const build = drawOnChange((model: ModelMessage | undefined) => {
    node.hidden = model === undefined;
    siteBoxes = new Map();
    candidateBoxes = new Map();
    const titles = new Map(model?.candidates.map((option) => [option.activation, option.title]));
    const sites = model?.sites ?? [];
    replaceChildren(
      places,
      ...(sites.length > 0
        ? sites.map((site) => place(site, titles))
        : [element('li', { className: 'faint' }, words.noPlaces)]),
    );
    replaceChildren(chips, ...(model?.candidates ?? []).map(chip));
  });

  const tick = drawOnChange((sites: ReadonlySet<string>, candidates: ReadonlySet<string>, all: number) => {
    for (const [id, box] of siteBoxes) box.checked = sites.has(id);
    for (const [id, box] of candidateBoxes) box.checked = candidates.has(id);
    setText(count, all > 0 ? words.placesChosen(sites.size, all) : '');
  });

  return {
    node,
    update: (next) => {
      state = next;
      build(next.model);
      const file = weightsFileOf(next.model);
      fresh.checked = drawsWeights(next);
      fresh.enable(file === undefined);
      kept.hidden = file === undefined;
      setText(kept, file === undefined ? '' : words.keepsWeights(file));
      half.checked = next.half;
      onCpu.checked = next.onCpu;
      tick(next.sites, next.candidates, next.model?.sites.length ?? 0);
    },
  };
}
