import type { OnnxSite } from '../../src/protocol/onnx';
import { action, type CheckboxControl, checkbox, textField } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import type { Texts } from '../ui/texts';
import type { OnnxState } from './state';

/** Rows at once: a large model has thousands of sites. */
const ROWS = 200;

/** What the list asks of the page. */
export interface SiteActions {
  choose(chosen: ReadonlySet<string>): void;
  filter(text: string): void;
  compare(site: string): void;
  explain(activation: string): void;
}

/** The model's activations: which there are, where, and which are chosen. */
export function siteList({ onnx: words, compare }: Texts, actions: SiteActions) {
  const count = element('span', { className: 'faint', attributes: { role: 'status' } });
  const rows = element('ul', { className: 'sites' });
  const more = element('div');
  const none = element('p', { className: 'faint' });
  const filter = textField({
    label: words.filter,
    value: '',
    placeholder: words.filterHint,
    size: 28,
    onCommit: (text) => actions.filter(text),
  });
  const tools = element(
    'div',
    { className: 'site-tools' },
    filter.node,
    element(
      'span',
      { className: 'all-none' },
      action(compare.all, () => chooseShown(true), { title: words.allHint, key: 'all' }),
      action(compare.none, () => chooseShown(false), { title: words.noneHint, key: 'none' }),
    ),
  );
  const node = element(
    'section',
    { className: 'site-section', attributes: { 'aria-labelledby': 'sites-heading' } },
    element('div', { className: 'section-head' }, element('h2', { id: 'sites-heading' }, words.sites), count),
    tools,
    none,
    rows,
    more,
  );

  let state: OnnxState | undefined;
  let shown = ROWS;
  let drawnFor: readonly unknown[] = [];
  let boxes = new Map<string, CheckboxControl>();

  const isMatch = ({ title, paths }: OnnxSite, text: string) =>
    [title, ...paths].some((each) => each.toLowerCase().includes(text.toLowerCase()));

  const matching = (): readonly OnnxSite[] => {
    const { model, filter: text = '' } = state ?? {};
    return (model?.sites ?? []).filter((site) => text === '' || isMatch(site, text));
  };

  /** All that fit the filter, those that are not drawn included. */
  function chooseShown(on: boolean): void {
    const chosen = new Set(state?.chosen);
    for (const { id } of matching()) {
      if (on) chosen.add(id);
      else chosen.delete(id);
    }
    actions.choose(chosen);
  }

  function row(site: OnnxSite): HTMLElement {
    const { id, activation, title, paths, written, unit, kept } = site;
    const name = paths[0] || title;
    const box = checkbox({
      label: name,
      checked: state?.chosen?.has(id) ?? false,
      title: paths.join('\n'),
      onChange: (checked) => {
        const chosen = new Set(state?.chosen);
        if (checked) chosen.add(id);
        else chosen.delete(id);
        actions.choose(chosen);
      },
    });
    boxes.set(id, box);
    const values = Object.entries(site.parameters).filter(([parameter]) => parameter !== 'inplace');
    const given = values.map(([parameter, value]) => `${parameter}=${value}`);
    const about = [
      ...(given.length > 0 ? [given.join(', ')] : []),
      ...(unit === undefined ? [] : [compare.gateOf(title, unit)]),
      ...(written ? [words.written] : []),
      ...(paths.length > 1 ? [compare.more(paths.length - 1)] : []),
    ];
    return element(
      'li',
      {},
      box.node,
      element(
        'div',
        { className: 'site-about' },
        action(title, () => actions.explain(activation), { title: compare.explain(title), key: `explain-${id}` }),
        about.length > 0 && element('span', { className: 'faint' }, about.join(compare.separator)),
        action(words.compareHere, () => actions.compare(id), {
          title: words.compareAt(name),
          key: `compare-${id}`,
        }),
      ),
      kept !== undefined && element('p', { className: 'site-kept faint' }, `${words.kept} ${kept}`),
    );
  }

  function draw(): void {
    const all = matching();
    boxes = new Map();
    replaceChildren(rows, ...all.slice(0, shown).map(row));
    const rest = all.length - shown;
    replaceChildren(more, rest > 0 && action(words.more(Math.min(rest, ROWS), rest), showMore, { key: 'more' }));
    none.hidden = all.length > 0;
    setText(none, (state?.model?.sites.length ?? 0) > 0 ? words.noMatch : words.noSites);
  }

  /** The keyboard goes on where the new rows begin. */
  function showMore(): void {
    const first = matching()[shown];
    shown += ROWS;
    draw();
    if (first) boxes.get(first.id)?.node.focus();
  }

  return {
    node,
    update: (next: OnnxState) => {
      state = next;
      node.hidden = next.model === undefined;
      const { model, filter: text, chosen } = next;
      if (drawnFor[0] !== model || drawnFor[1] !== text) {
        shown = ROWS;
        drawnFor = [model, text];
        filter.value = text;
        draw();
      }
      for (const [id, box] of boxes) box.checked = chosen?.has(id) ?? false;
      tools.hidden = (model?.sites.length ?? 0) === 0;
      setText(
        count,
        model && model.sites.length > 0 ? compare.placesChosen(chosen?.size ?? 0, model.sites.length) : '',
      );
    },
  };
}
