import assert from 'node:assert/strict';
import * as v from 'valibot';
import { parse } from '../../src/protocol/parse';
import {
  cancel,
  type Handlers,
  type Reply,
  RequestError,
  Requests,
  Responder,
  replies,
  request,
} from '../../src/protocol/requests';

const table = {
  double: request('double', { value: v.number() }, v.number()),
  hurry: request('hurry', {}, v.null(), 20),
};
type Table = typeof table;

const asked = v.variant('type', [table.double.asked, table.hurry.asked, cancel]);
const reply = v.variant('type', [...replies]);

/** A question that is answered when the test says so. */
interface Open {
  readonly value: number;
  readonly signal: AbortSignal;
  readonly answer: (ok: number) => void;
  readonly refuse: (error: Error) => void;
}

/** A page and its host with a line between them that carries JSON; `sent` and `replied` are what went over it. */
function line(more: Partial<Handlers<Table>> = {}) {
  const open: Open[] = [];
  const sent: unknown[] = [];
  const replied: Reply[] = [];
  const answers = new Responder<Table>(
    {
      double: ({ value }, signal) =>
        new Promise((answer, refuse) => {
          open.push({ value, signal, answer, refuse });
        }),
      hurry: () => new Promise(() => undefined),
      ...more,
    },
    (message) => {
      replied.push(message);
      const parsed = parse(reply, JSON.parse(JSON.stringify(message)));
      assert.ok(parsed);
      requests.receive(parsed);
    },
  );
  const requests = new Requests(table, (message) => {
    sent.push(message);
    const parsed = parse(asked, JSON.parse(JSON.stringify(message)));
    assert.ok(parsed);
    if (parsed.type === 'cancel') answers.cancel(parsed.id);
    else void answers.receive(parsed);
  });
  return { open, sent, replied, answers, requests };
}

const rejectsWith = (promise: Promise<unknown>, reason: RequestError['reason'], message = /./) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof RequestError);
    assert.equal(error.reason, reason);
    assert.match(error.message, message);
    return true;
  });

/** Lets what waits go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests', () => {
  it('are answered', async () => {
    const { open, requests } = line();
    const answer = requests.ask('double', { value: 21 });
    open[0]?.answer(42);
    assert.equal(await answer, 42);
  });

  it('do not cross, in whatever order they are answered', async () => {
    const { open, requests } = line();
    const both = Promise.all([requests.ask('double', { value: 1 }), requests.ask('double', { value: 2 })]);
    for (const { value, answer } of [...open].reverse()) answer(2 * value);
    assert.deepEqual(await both, [2, 4]);
  });

  it('are refused with the reason of whoever was asked', async () => {
    const { open, requests, answers } = line({ hurry: async () => Promise.reject('no text is an error') });
    const answer = requests.ask('double', { value: 1 });
    open[0]?.refuse(new Error('there is no such number'));
    await rejectsWith(answer, 'refused', /no such number/);
    await rejectsWith(requests.ask('hurry', {}), 'refused', /no text/);
    // What throws at once is a refusal, too.
    const thrown = new Responder<Table>(
      {
        double: () => {
          throw new Error('at once');
        },
        hurry: async () => null,
      },
      (message) => assert.ok('error' in message && message.error === 'at once'),
    );
    await thrown.receive({ type: 'double', id: 'a', value: 1 });
    answers.dispose();
  });

  it('can be given up: the other side is told, and a late answer is ignored', async () => {
    const { open, sent, replied, requests } = line();
    const stop = new AbortController();
    const given = requests.ask('double', { value: 1 }, stop.signal);
    const kept = requests.ask('double', { value: 2 });
    stop.abort();
    await assert.rejects(given, { name: 'AbortError' });
    assert.ok(open[0]?.signal.aborted);
    assert.equal(open[1]?.signal.aborted, false);
    open[0]?.answer(2);
    await turn();
    assert.deepEqual(replied, []);
    open[1]?.answer(4);
    assert.equal(await kept, 4);
    assert.equal(sent.filter((each) => (each as { type: string }).type === 'cancel').length, 1);
    // Once answered there is nothing to give up.
    const late = new AbortController();
    const answered = requests.ask('double', { value: 3 }, late.signal);
    open[2]?.answer(6);
    await answered;
    late.abort();
    assert.equal(sent.filter((each) => (each as { type: string }).type === 'cancel').length, 1);
    await assert.rejects(requests.ask('double', { value: 4 }, stop.signal), { name: 'AbortError' });
    assert.equal(open.length, 3);
  });

  it('wait no longer than their timeout', async () => {
    let told = false;
    const { requests, replied } = line({
      hurry: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            told = true;
            resolve(null);
          });
        }),
    });
    await rejectsWith(requests.ask('hurry', {}), 'timeout');
    await turn();
    assert.ok(told);
    assert.deepEqual(replied, []);
  });

  it('take no answer of another shape, nor one to a question that was not asked', async () => {
    const { requests, open } = line();
    const answer = requests.ask('double', { value: 1 });
    requests.receive({ type: 'reply', id: 'another-0', ok: 5 });
    requests.receive({ type: 'reply', id: 'another-0', error: 'no' });
    open[0]?.answer('two' as unknown as number);
    await rejectsWith(answer, 'malformed');
  });

  it('have ids that no other page has had, and are answered once', async () => {
    const one = line();
    const other = line();
    const answers = Promise.all([one.requests.ask('double', { value: 1 }), other.requests.ask('double', { value: 2 })]);
    const [first] = one.sent as { type: 'double'; id: string; value: number }[];
    assert.ok(first);
    // A page that starts anew gets what its predecessor asked for.
    other.requests.receive({ type: 'reply', id: first.id, ok: 77 });
    await one.answers.receive(first);
    assert.equal(one.open.length, 1);
    one.open[0]?.answer(2);
    other.open[0]?.answer(4);
    assert.deepEqual(await answers, [2, 4]);
    await turn();
    assert.equal(one.replied.length, 1);
  });

  it('are given up when the side that answers goes', async () => {
    const { open, answers, requests, replied } = line();
    void requests.ask('double', { value: 1 });
    answers.dispose();
    assert.ok(open[0]?.signal.aborted);
    open[0]?.answer(2);
    await turn();
    assert.deepEqual(replied, []);
  });
});
