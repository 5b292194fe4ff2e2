import type { Environment } from '../../src/compare/report';
import type { DeviceChoice, Obstacle } from '../../src/protocol/compare';
import { action, button, textField } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { type CompareState, type ModelMessage, type Notice, standing, type UnreadableMessage } from './state';
import { drawOnChange, type Section, type View } from './view';

/** What stands in the way of a comparison or has become of it, above everything else. */
export function banners(view: View): Section {
  const words = view.texts.compare;
  const node = element('div', { className: 'banners', attributes: { 'aria-live': 'polite' } });
  const readAgain = () => view.ask('read', {});

  const show = drawOnChange(
    (
      reading: boolean,
      stale: boolean,
      earlier: boolean,
      unreadable: UnreadableMessage | undefined,
      notice: Notice | undefined,
      environment: Environment | undefined,
      device: DeviceChoice,
      running: boolean,
      model: ModelMessage | undefined,
    ) => {
      const parts: HTMLElement[] = [];
      if (reading) parts.push(banner('information', words.waiting));
      if (unreadable) {
        parts.push(banner('error', ...whyUnreadable(unreadable)));
      }
      if (stale && !unreadable) {
        const again = button({
          label: words.readAgain,
          appearance: 'secondary',
          onClick: readAgain,
          key: 'read-again',
        });
        parts.push(banner('warning', words.stale, again.node));
      } else if (earlier && !reading) parts.push(banner('warning', words.earlier));
      const misfit = model?.graph.notes.find((note) => note.misfit);
      if (model && misfit && !unreadable) {
        const again = button({
          label: words.runWith(model.input),
          appearance: 'secondary',
          onClick: view.run,
          disabled: running,
          key: 'run-with',
        });
        parts.push(banner('warning', element('p', { className: 'message' }, obstacle(misfit)), again.node));
      }
      if (notice) parts.push(banner(notice.kind, element('p', { className: 'message' }, notice.message)));
      if (environment?.fallback !== undefined && device !== 'wasm') {
        const tries = environment.passedOver !== undefined && device === 'auto' && !running;
        const line = [words.fallback(environment.fallback), ...(tries ? [' ', tryGpu()] : [])];
        parts.push(element('p', { className: 'faint' }, ...line));
      }
      replaceChildren(node, ...parts);
    },
  );

  /** What is chosen here is remembered, and tried at once. */
  function tryGpu(): HTMLElement {
    const choose = () => {
      view.runOn('webgpu');
      view.run();
    };
    return action(words.tryGpu, choose, { key: 'try-gpu' });
  }

  function whyUnreadable(unreadable: UnreadableMessage): HTMLElement[] {
    const { obstacles, parts, goesByValues } = unreadable;
    const [first, ...others] = obstacles;
    const source = first?.source;
    const again = button({ label: words.readAgain, appearance: 'secondary', onClick: readAgain, key: 'read-again' });
    const lines = [
      element('strong', {}, words.unreadable),
      element('p', { className: 'message' }, first?.message ?? ''),
      element(
        'div',
        { className: 'buttons' },
        source &&
          button({ label: words.reveal, onClick: () => view.post({ type: 'reveal', source }), key: 'reveal' }).node,
        again.node,
      ),
    ];
    for (const field of missing(unreadable)) lines.push(field);
    if (goesByValues) {
      const forInput = action(words.readForInput, () => view.ask('read', { forInput: true }), { key: 'for-input' });
      lines.push(element('p', {}, `${words.whyForInput} `, forInput));
    }
    if (others.length > 0) {
      lines.push(
        element('p', {}, words.otherObstacles),
        element('ul', { className: 'problems' }, ...others.map((other) => element('li', {}, obstacle(other)))),
      );
    }
    if (parts.length > 0) {
      const links = parts.flatMap(({ path, name }, index) => [
        ...(index > 0 ? [' · '] : []),
        action(path, () => view.ask('read', { part: path }), { title: name, key: `part-${path}` }),
      ]);
      lines.push(element('p', {}, `${words.readableParts}: `, ...links));
    }
    return lines;
  }

  /** Fields for what is missing: the call to complete, the shape of the input. */
  function missing({ draft, needsInput }: UnreadableMessage): HTMLElement[] {
    const fields: HTMLElement[] = [];
    if (draft !== undefined) {
      const field = textField({
        label: words.completeCall,
        value: draft,
        placeholder: draft,
        description: words.modelHint,
        size: 48,
        onCommit: (expression) => view.ask('read', { ...(expression && { expression }) }),
      });
      fields.push(field.node);
    }
    if (needsInput) {
      const field = textField({
        label: words.input,
        value: '',
        placeholder: '1x3x32x32',
        description: words.inputHint,
        size: 48,
        onCommit: (input) => view.ask('read', { ...(input && { input }) }),
      });
      fields.push(field.node);
    }
    return fields;
  }

  function obstacle({ message, source }: Pick<Obstacle, 'message' | 'source'>): Node | string {
    if (!source) return message;
    return action(message, () => view.post({ type: 'reveal', source }), {
      title: words.reveal,
      key: `obstacle-${source.file}:${source.line}:${source.column}`,
    });
  }

  return {
    node,
    update: (state) =>
      show(
        state.reading,
        state.stale,
        isEarlier(state),
        state.unreadable,
        state.notice,
        state.report?.environment,
        state.device,
        state.progress !== undefined,
        state.model,
      ),
  };
}

/** The report is of another model than the one that was read. */
const isEarlier = (state: CompareState) =>
  state.report !== undefined && state.model !== undefined && standing(state) === undefined;

function banner(kind: Notice['kind'] | 'warning', ...children: (Node | string)[]): HTMLElement {
  return element('div', { className: `banner ${kind}` }, ...children);
}
