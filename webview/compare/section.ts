import { element, setText } from '../ui/dom';

export interface ClosedSection {
  readonly node: HTMLDetailsElement;
  /** What was found, beside the title: what one would read out of the charts inside. */
  find(finding: string): void;
}

/** A part of the panel that is closed until somebody wants to see it. */
export function closedSection(
  title: string,
  key: string,
  ...content: readonly (Node | string | undefined)[]
): ClosedSection {
  const finding = element('span', { className: 'finding faint' });
  const node = element(
    'details',
    { className: `section ${key}` },
    element(
      'summary',
      { className: 'section-title', attributes: { 'data-key': `section-${key}` } },
      element('h2', {}, title),
      ' ',
      finding,
    ),
    ...content,
  );
  return { node, find: (text) => setText(finding, text) };
}
