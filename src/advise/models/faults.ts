/** What is told of models that PyTorch or TensorFlow.js would refuse: its own words, and what a reader needs to mend it. */
import type { Fault, FaultOperand } from '../../graph/fault';
import type { SourceRange } from '../../graph/types';
import type { Language } from '../../language/say';
import type { Advice } from '../advice';
import { wordsOf } from '../report';
import { cannotRun, messages } from '../rules/parts/cannot-run';
import type { CodeTexts } from '../texts';
import { fixesOf, numbersIn } from './faultFixes';

type Key = keyof (typeof messages)['en'];

/** The findings of faults, each place once. */
export function adviceOfFaults(faults: readonly Fault[], language: Language, texts: CodeTexts): Advice[] {
  const told = new Map<string, Advice>();
  for (const fault of faults) {
    const { line, column } = fault.source;
    const key = `${line}:${column}`;
    if (!told.has(key)) told.set(key, adviceOf(fault, language, texts));
  }
  return [...told.values()];
}

function adviceOf(fault: Fault, language: Language, texts: CodeTexts): Advice {
  const words = (key: Key, ...values: readonly (string | number)[]) => wordsOf(messages, language, key, values);
  const describe = ({ from, name = '', shape }: FaultOperand) => words(from, name, sizesOf(shape));
  const met = operandsOf(fault);
  const [first, second] = met;
  const isTaken = fault.layer !== undefined && second?.from !== 'parameter';
  const meeting =
    first && isTaken
      ? words('come', describe(first), fault.layer?.path || fault.layer?.name || '')
      : first && second && words('meet', describe(first), describe(second));
  const { basis, meant, multiple, layer, call } = fault;
  const sentences = [
    endSentence(fault.message),
    meeting,
    meant && !fault.message.includes(`'${meant.name}'`) && words('meant', meant.name),
    multiple !== undefined
      ? words('multiple', multiple)
      : basis === 'every-input' && (met.length > 0 || fault.library) && words('always'),
  ];
  const related: { range: SourceRange; message: string }[] = [];
  const relate = (range: SourceRange | undefined, message: string) => {
    const isNew = range && ![fault.source, ...related.map((each) => each.range)].some((each) => isAlike(each, range));
    if (range && isNew) related.push({ range, message });
  };
  for (const each of met) if (each.from === 'value') relate(each.source, words('made', describe(each)));
  if (layer) relate(layer.site, words('built', layer.path || layer.name));
  for (const each of met)
    if (each.from === 'parameter') relate(each.source, words('built', (each.name ?? '').replace(/\.\w+$/, '')));
  if (call) relate(call.source, words('run', call.what, (call.input ?? '').replaceAll(/(\d)x(?=\d)/g, '$1×')));
  const numbers = numbersIn(fault);
  return {
    code: cannotRun.code,
    severity: cannotRun.severity,
    range: fault.source,
    message: sentences.filter(Boolean).join(' '),
    hint: numbers
      ? words('numbers', numbers.found, numbers.wanted)
      : words(fault.library === 'tensorflow' ? 'hintTfjs' : 'hint'),
    related,
    fixes: fixesOf(fault, texts, words),
  };
}

/** The two tensors that the message is about: a bias says nothing that its weight doesn't. */
function operandsOf({ operands, message }: Fault): readonly FaultOperand[] {
  // What has no number in it is not about shapes.
  if (!/\d/.test(message) || /argument/.test(message)) return [];
  const open = operands.filter(({ name = '' }) => !/(?:^|\.)bias(?:_\w+)?$/.test(name));
  return open.slice(0, 2);
}

/** NCHW, as PyTorch prints shapes otherwise in brackets. */
const sizesOf = (shape: readonly number[]): string => (shape.length === 0 ? '[]' : shape.join('×'));

const endSentence = (message: string): string => (/[.?!]$/.test(message) ? message : `${message}.`);

const isAlike = (a: SourceRange, b: SourceRange): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column && a.endColumn === b.endColumn;
