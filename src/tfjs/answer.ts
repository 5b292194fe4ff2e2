/** What the guest said, once it is known to be of the form that a guest's words have. */
import * as v from 'valibot';
import type { GuestAnswer } from './request';
import { SealedError } from './sealed';

/** A file can make its own list of decisions as long as it likes. */
const most = 10_000;
const text = v.pipe(v.string(), v.maxLength(2000));
/** Messages may be long; what is told of them is not. */
const told = v.pipe(
  v.string(),
  v.transform((message) => message.slice(0, 2000)),
);
const place = v.optional(v.pipe(v.string(), v.regex(/^lens:\d{1,6}:\d{1,9}:\d{1,9}$/)));

const shape = v.pipe(v.array(v.pipe(v.number(), v.integer())), v.maxLength(8));

const guestAnswer = v.object({
  problem: v.optional(
    v.object({
      kind: v.picklist(['not-known', 'needs-file', 'needs-input', 'no-model', 'raised', 'value', 'unsupported']),
      message: told,
      at: place,
      what: v.optional(told),
      why: v.optional(told),
      isOfLibrary: v.optional(v.boolean()),
    }),
  ),
  outcome: v.optional(v.unknown()),
  measured: v.optional(v.pipe(v.array(v.nullable(shape)), v.maxLength(100))),
  decisions: v.pipe(v.array(v.object({ id: text, why: told, taken: v.boolean() })), v.maxLength(most)),
  touched: v.pipe(v.array(told), v.maxLength(most)),
  faults: v.pipe(
    v.array(
      v.object({
        module: text,
        statement: v.optional(v.pipe(v.number(), v.integer())),
        message: told,
        at: place,
        isOfLibrary: v.optional(v.boolean()),
      }),
    ),
    v.maxLength(most),
  ),
});

/** @throws SealedError where the text is no answer: code that breaks the language's own objects breaks that, too */
export function parseAnswer(json: string): GuestAnswer {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new SealedError('broken', json.slice(0, 100));
  }
  const parsed = v.safeParse(guestAnswer, value);
  if (!parsed.success) throw new SealedError('broken', parsed.issues[0].message);
  return parsed.output as GuestAnswer;
}
