/** What was seen of parameters, as it is collected. */
import type { Expr } from '../python/syntax/ast';
import type { CallableUse, ParameterUse, WeightSizes } from './parameterUses';
import type { Ref } from './refs';
import { rootName } from './slice';

type Noted = { -readonly [K in keyof ParameterUse]: ParameterUse[K] } & {
  names: string[];
  looseNames: string[];
  texts: string[];
  choices: number[];
};

/** What `getattr(nn, kind)` may choose among recurrent layers. */
const RECURRENT = 'LSTM';

export class UseNotes {
  private readonly noted = new Map<string, Noted>();
  private spatial: number | undefined;

  finish(): CallableUse {
    return { parameters: this.noted, spatial: this.spatial };
  }

  /** A layer that the code builds. */
  noteLayer(name: string, spatial: number | undefined): void {
    if (spatial !== undefined && !/^(?:Dropout|Adaptive)/.test(name)) this.spatial ||= spatial;
    else if (name === 'Linear') this.spatial ??= 0;
  }

  /** It is handed on as something. */
  noteName(ref: Ref | undefined, as: string, isLoose = false): void {
    if (!ref) return;
    const use = this.of(ref);
    const names = ref.isLoose || isLoose ? use.looseNames : use.names;
    if (!names.includes(as)) names.push(as);
  }

  noteList(ref: Ref | undefined, length?: number, least = 0): void {
    if (!ref) return;
    const use = this.of(ref);
    use.depth = Math.max(use.depth, ref.depth + 1);
    if (ref.depth > 0) return;
    use.length ??= length;
    use.least = Math.max(use.least, least);
  }

  noteTest(ref: Ref | undefined): void {
    if (ref && !ref.isLoose) this.of(ref).isTested = true;
  }

  noteNone(ref: Ref | undefined): void {
    if (ref && ref.depth === 0) this.of(ref).mayBeNone = true;
  }

  noteCount(ref: Ref | undefined): void {
    if (ref) this.of(ref).isCounted = true;
  }

  /** Nothing that is chosen here would do: it is a table, or an object. */
  refuse(ref: Ref): void {
    this.of(ref).names.push('config');
  }

  noteComparison(ref: Ref | undefined, value: Expr, operator = '=='): void {
    if (!ref || value.kind !== 'constant') return;
    const use = this.of(ref);
    const { value: told } = value;
    if (typeof told === 'string' && operator !== '!=' && operator !== 'not in') use.texts.push(told);
    if (told === null) use.mayBeNone = true;
    if (typeof told === 'bigint' && operator === 'in' && ref.depth === 0) use.choices.push(Number(told));
  }

  /** `getattr(nn, name)` */
  noteChoice(ref: Ref | undefined, holder: Expr | undefined): void {
    if (!ref || !holder) return;
    const root = holder.kind === 'attribute' ? holder.name : rootName(holder);
    const { texts } = this.of(ref);
    if (root === 'F' || root === 'functional' || root === 'torch') texts.push('relu');
    else if (root === 'nn') texts.push(/rnn|cell/i.test(ref.name) ? RECURRENT : 'ReLU');
  }

  /** It is the weight of a layer. */
  noteTable(ref: Ref | undefined, sizes: WeightSizes): void {
    if (ref && ref.depth === 0 && !ref.isLoose) this.of(ref).table ??= sizes;
  }

  noteAxes(ref: Ref | undefined): void {
    this.noteName(ref, 'axes');
    this.noteList(ref);
  }

  noteCall(ref: Ref, isBuilding: boolean, count: number): void {
    const use = this.of(ref);
    if (use.called && use.called.isBuilding !== isBuilding) return;
    use.called = { isBuilding, count: Math.max(count, use.called?.count ?? 0) };
  }

  private of({ name }: Ref): Noted {
    let use = this.noted.get(name);
    if (!use) {
      use = {
        names: [],
        looseNames: [],
        depth: 0,
        length: undefined,
        least: 0,
        texts: [],
        choices: [],
        isTested: false,
        mayBeNone: false,
        isCounted: false,
        called: undefined,
      };
      this.noted.set(name, use);
    }
    return use;
  }
}
