/** All measures: what can be asked for, ranked by, printed and drawn is read from this list. */
import { compression } from './compression';
import { cost } from './cost';
import { drift } from './drift';
import { gradient } from './gradient';
import { learning } from './learning';
import type { LayerNumberKind, Measure, Order, ScoreDefinition } from './measure';
import { signal } from './signal';
import { similarity } from './similarity';

/** In the order in which they are shown. */
const list = [cost, signal, similarity, gradient, compression, drift, learning] as const;

type Listed = (typeof list)[number];
type KeysOf<T> = T extends unknown ? Extract<keyof T, string> : never;

export type MeasureName = Listed['name'];
/** A measure that is taken unless a plan says otherwise. */
export type QuickMeasure = Extract<Listed, { readonly quick: true }>['name'];
/** Id of a score of any measure. */
export type Score = KeysOf<Listed['scores']>;
/** Id of what candidates can be ranked by beside the scores. */
export type OrderName = KeysOf<Extract<Listed, { readonly orders: object }>['orders']>;

type Layered = Extract<Listed, { readonly layers: object }>;
/** A measure that tells numbers of each layer. */
export type LayeredMeasure = Layered['name'];
/** A number of each layer that the panel draws. */
export type LayerNumber = KeysOf<Layered['layers']['drawn']>;

export const measures: readonly (Measure & { readonly name: MeasureName })[] = list;
export const quickMeasures = measures.filter(({ quick }) => quick).map(({ name }) => name) as readonly QuickMeasure[];

export const scoreDefinitions = Object.assign({}, ...measures.map((measure) => measure.scores)) as Readonly<
  Record<Score, ScoreDefinition>
>;
export const scores = Object.keys(scoreDefinitions) as readonly Score[];
export const scoresOf = (name: MeasureName): readonly Score[] =>
  measures.flatMap((measure) => (measure.name === name ? (Object.keys(measure.scores) as Score[]) : []));

export const orders = Object.assign({}, ...measures.map((measure) => measure.orders)) as Readonly<
  Record<OrderName, Order>
>;

export const layerNumbers = Object.assign({}, ...measures.map((measure) => measure.layers?.drawn)) as Readonly<
  Record<LayerNumber, LayerNumberKind>
>;
