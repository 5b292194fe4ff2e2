import { learningBounds, shorterPlans } from '../../src/compare/learning';
import type { LearningPlan, Report } from '../../src/compare/report';
import { type Claim, verdictOf } from '../../src/compare/verdict';
import { certaintyWords, claimWords, titleIn } from '../../src/compare/verdictWords';
import { action, button } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { backendText } from './settings';
import { shorterText } from './shorter';
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
      plan: LearningPlan,
      chosen: ReadonlySet<string>,
      isMeasured: boolean,
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
        if (isMeasured) parts.push(...timeOf(report, plan, [...chosen], trainable && !running));
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

  /** How long training takes, and ways to have it sooner. */
  function timeOf(report: Report, plan: LearningPlan, chosen: readonly string[], enabled: boolean): HTMLElement[] {
    const bounds = learningBounds(report, plan, chosen);
    if (!bounds) return [];
    const [least, most] = [bounds.least, bounds.most].map((time) => view.numbers.duration(time));
    const said = least === most ? words.takesAbout(least ?? '') : words.takesUpTo(least ?? '', most ?? '');
    const shorter = enabled ? shorterPlans(report, plan, chosen) : [];
    return [
      element('span', { className: 'faint' }, said),
      ...shorter.map((way) =>
        action(shorterText(report, way, view), () => view.train(way), {
          key: `verdict-train-${way.candidates.length}-${way.seeds}`,
        }),
      ),
    ];
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
      const isMeasured = device !== 'wasm' || report?.environment.backend === 'wasm';
      show(
        state.report,
        state.progress !== undefined,
        standing(state) !== undefined && !state.stale,
        state.model?.writes ?? false,
        state.model !== undefined && !state.reading && state.sites.size > 0 && state.candidates.size > 0,
        learning,
        candidates,
        isMeasured,
        standing(state)?.inCode,
      );
    },
  };
}
