import { learningBounds } from '../../src/compare/learning';
import type { Report } from '../../src/compare/report';
import { type Claim, verdictOf } from '../../src/compare/verdict';
import { certaintyWords, claimWords, titleIn } from '../../src/compare/verdictWords';
import { action, button } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { backendText } from './settings';
import { standing } from './state';
import { drawOnChange, type Section, type View } from './view';

/** The answer: what the numbers say in a few sentences, what can be done about it, and how sure it is. */
export function verdict(view: View): Section {
  const words = view.texts.compare;
  const answer = element('p', { className: 'answer', attributes: { 'aria-live': 'polite' } });
  const actions = element('div', { className: 'buttons' });
  const certainty = element('div', { className: 'certainty' });
  const node = element(
    'section',
    { className: 'verdict-section', attributes: { 'aria-labelledby': 'verdict-heading' } },
    element('h2', { id: 'verdict-heading', className: 'visually-hidden' }, words.inShort),
    answer,
    actions,
    certainty,
  );
  let open = false;

  const show = drawOnChange(
    (
      report: Report | undefined,
      running: boolean,
      usable: boolean,
      writes: boolean,
      trainable: boolean,
      time: string | undefined,
      inCode: string | undefined,
    ) => {
      node.hidden = !report;
      if (!report) return;
      const { claims, choice } = verdictOf(report);
      const told =
        running && claims.every(({ kind }) => kind === 'nothing') ? words.stillMeasuring : sentences(report, claims);
      replaceChildren(answer, told);
      const parts: HTMLElement[] = [];
      if (choice !== undefined)
        parts.push(
          choice === inCode
            ? element('span', { className: 'mark' }, words.inCode)
            : useButton(report, choice, usable && !running, writes),
        );
      if (choice !== undefined && choice !== inCode && !writes) parts.push(previewButton(choice, usable && !running));
      if (claims.some(({ kind }) => kind === 'learning-unknown')) {
        parts.push(trainButton(trainable && !running));
        if (time !== undefined) parts.push(element('span', { className: 'faint' }, time));
      }
      parts.push(certaintyToggle());
      replaceChildren(actions, ...parts);
      replaceChildren(certainty, ...certaintyOf(report, claims));
      certainty.hidden = !open;
    },
  );

  const sentences = (report: Report, claims: readonly Claim[]) =>
    claims.map((claim) => claimWords(report, claim)).join(words.betweenSentences);

  function useButton(report: Report, id: string, enabled: boolean, writes: boolean): HTMLElement {
    const title = titleIn(report, id);
    return button({
      label: writes ? words.writeWith(title) : words.useIt(title),
      key: 'verdict-use',
      disabled: !enabled,
      onClick: () => view.use(id),
    }).node;
  }

  function learningText(bounds: ReturnType<typeof learningBounds>): string | undefined {
    if (!bounds) return undefined;
    const [least, most] = [bounds.least, bounds.most].map((time) => view.numbers.duration(time));
    return least === most ? words.takesAbout(least ?? '') : words.takesUpTo(least ?? '', most ?? '');
  }

  function previewButton(id: string, enabled: boolean): HTMLElement {
    return button({
      label: words.preview,
      appearance: 'secondary',
      key: 'verdict-preview',
      disabled: !enabled,
      onClick: () => view.preview(id),
    }).node;
  }

  function trainButton(enabled: boolean): HTMLElement {
    return button({
      label: words.train,
      appearance: 'secondary',
      key: 'verdict-train',
      disabled: !enabled,
      onClick: () => view.train(),
    }).node;
  }

  function certaintyToggle(): HTMLElement {
    const toggle = action(
      words.howSure,
      () => {
        open = !open;
        certainty.hidden = !open;
        toggle.setAttribute('aria-expanded', String(open));
      },
      { key: 'how-sure' },
    );
    toggle.setAttribute('aria-expanded', String(open));
    return toggle;
  }

  function certaintyOf({ environment, ...report }: Report, claims: readonly Claim[]): HTMLElement[] {
    const told = claims.flatMap((claim) => certaintyWords({ environment, ...report }, claim));
    return [
      element(
        'ul',
        {},
        ...told.map((each) => element('li', {}, each)),
        element('li', {}, words.intervalsHold),
        element(
          'li',
          {},
          report.model.weights === undefined ? words.atTheStart : words.withWeights(report.model.weights),
        ),
        element('li', {}, words.measuredOn(backendText(environment, view.texts))),
        ...(environment.software ? [element('li', {}, words.software)] : []),
      ),
    ];
  }

  return {
    node,
    update: (state) => {
      const { report, learning, candidates, device } = state;
      // What a pass took on the GPU tells nothing of the CPU.
      const isMeasured = report && (device !== 'wasm' || report.environment.backend === 'wasm');
      show(
        state.report,
        state.progress !== undefined,
        standing(state) !== undefined && !state.stale,
        state.model?.writes ?? false,
        state.model !== undefined && !state.reading && state.sites.size > 0 && state.candidates.size > 0,
        isMeasured ? learningText(learningBounds(report, learning, [...candidates])) : undefined,
        standing(state)?.inCode,
      );
    },
  };
}
