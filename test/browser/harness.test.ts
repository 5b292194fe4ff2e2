import assert from 'node:assert/strict';
import { openTestPage } from '../support/browser';

describe('a page as the editor gives it', () => {
  it('talks to its host, has WebGPU, and refuses what its content policy refuses', async () => {
    const panel = await openTestPage('harness', { theme: 'light', state: { kept: 1 } });
    assert.deepEqual(await panel.message('state'), { type: 'state', state: { kept: 1 } });
    assert.deepEqual(panel.problems, []);
    await panel.send({ type: 'adapter' });
    assert.equal((await panel.message('adapter')).found, true);
    await panel.send({ type: 'eval' });
    assert.match(String((await panel.message('refused')).message), /unsafe-eval/);
    assert.equal(await panel.page.evaluate(() => document.body.className), 'vscode-light');
    await panel.close();
  });

  it('runs no script but its own, has no other base and sends no form', async () => {
    const panel = await openTestPage('harness');
    await panel.message('state');
    const script = `${panel.resources.worker}?not-ours`;
    const refused = await panel.page.evaluate(async (src) => {
      const found = new Set<string>();
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => found.add(effectiveDirective));
      const add = <K extends keyof HTMLElementTagNameMap>(tag: K, change: (made: HTMLElementTagNameMap[K]) => void) => {
        const made = document.createElement(tag);
        change(made);
        document.body.append(made);
        return made;
      };
      // From where the page's own files come, but without its nonce; inline; as a blob.
      for (const [name, change] of Object.entries({
        resource: (made: HTMLScriptElement) => {
          made.src = src;
        },
        inline: (made: HTMLScriptElement) => {
          made.textContent = 'window.inlineRan = true';
        },
        blob: (made: HTMLScriptElement) => {
          made.src = URL.createObjectURL(new Blob(['window.blobRan = true']));
        },
      })) {
        found.clear();
        add('script', change);
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (!found.has('script-src-elem')) throw new Error(`a script ran: ${name}`);
      }
      add('base', (made) => {
        made.href = 'https://example.org/';
      });
      add('form', (made) => {
        made.action = src;
      }).submit();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [...found].sort();
    }, script);
    assert.deepEqual(refused, ['base-uri', 'form-action', 'script-src-elem']);
    await panel.close();
  });
});
