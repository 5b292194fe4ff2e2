import { button } from '../ui/controls';
import { element, setText } from '../ui/dom';
import type { CompareState, RunProgress } from './state';
import { drawOnChange, type Section, type View } from './view';

/** Run and Cancel, and in a line of its own what is being done. */
export function progress(view: View): Section & { readonly status: HTMLElement } {
  const words = view.texts.compare;
  const run = button({ label: words.run, onClick: view.run, disabled: true, key: 'run' });
  const cancel = button({ label: words.cancel, appearance: 'secondary', onClick: view.cancel, key: 'cancel' });
  const hint = element('span', { className: 'faint' });
  const bar = element('progress', { attributes: { 'aria-label': words.running, max: 1 } });
  const doing = element('span', { className: 'doing' });
  // Screen readers hear each new stage and candidate, not every count.
  const spoken = element('span', {
    className: 'visually-hidden',
    attributes: { 'aria-live': 'polite', role: 'status' },
  });
  const status = element('div', { className: 'status' }, bar, doing);
  const node = element('div', { className: 'run buttons' }, hint, run.node, cancel.node, spoken);

  const show = drawOnChange(
    (now: RunProgress | undefined, ready: boolean, again: boolean, choose: boolean, complete: boolean) => {
      const running = now !== undefined;
      const hadFocus = node.contains(document.activeElement);
      run.node.hidden = running;
      cancel.node.hidden = !running;
      // The focused button has just gone: its counterpart takes the keyboard.
      if (hadFocus) (running ? cancel : run).node.focus({ preventScroll: true });
      setText(run.node, again ? words.runAgain : words.run);
      run.enable(ready);
      setText(hint, choose && !running ? words.chooseFirst : '');
      status.hidden = !running;
      if (!now) {
        setText(spoken, complete ? words.finished : '');
        return;
      }
      if (now.share !== undefined) bar.value = now.share;
      else bar.removeAttribute('value');
      const what = now.candidate === undefined ? words.stage[now.stage] : `${words.stage[now.stage]}: ${now.candidate}`;
      setText(spoken, what);
      const step = now.total > 1 ? words.step(now.done, now.total) : '';
      const rest = now.remaining === undefined ? '' : words.remaining(view.numbers.duration(now.remaining));
      setText(doing, [what, step, rest].filter(Boolean).join(' · '));
    },
  );

  return {
    node,
    status,
    update: (state: CompareState) => {
      const chosen = state.sites.size > 0 && state.candidates.size > 0;
      node.hidden = state.model === undefined;
      const readable = state.model !== undefined && !state.reading;
      show(
        state.progress,
        readable && chosen,
        state.report !== undefined,
        readable && !chosen,
        state.report?.complete ?? false,
      );
    },
  };
}
