/** What an annotation lets a parameter be: `Optional[int]`, `Tuple[int, int]`, `Type[nn.Module]`, `Literal['a', 'b']`. */
import { itemAt } from '../graph/access';

export interface Form {
  readonly kind: 'flag' | 'number' | 'text' | 'layer' | 'several';
  readonly isFloat?: boolean;
  /** Of several: how many, where that is told, and of what. */
  readonly count?: number | undefined;
  readonly isFlags?: boolean;
  readonly isTuple?: boolean;
  /** How many lists stand inside of one another. */
  readonly depth?: number;
  /** Of a layer: whether it is one, and no class that makes one. */
  readonly isInstance?: boolean;
  /** Of a text: what it may be. */
  readonly literals?: readonly string[];
}

const SCALARS = /^(?:boolean|integer|int|float|bool|str|string|number|_size_[1-3]_t|size_[1-3]_t|_size_any_t)$/;
const CONTAINERS = /^(?:list|tuple|Iterable|List|Sequence|Tuple|ListConfig|_int_list_t)$/;
const JOINTS =
  /^(?:typing|None|Optional|optional|Union|torch|t|nn|modules|or|of|ints|floats|Final|default|required|the|a|common_types|collections|abc)$/;
const LAYERS = /^(?:Callable|Module|Type|type)$/;
const LITERAL = /\bLiteral\[([^\]]*)\]/g;

/** What an annotation of plain numbers, flags, texts or layers says; undefined for any other. */
export function formOf(annotation: string): Form | undefined {
  const literals = Array.from(annotation.matchAll(LITERAL), ([, items = '']) => items).join(',');
  const texts = Array.from(literals.matchAll(/(['"])(.*?)\1/g), ([, , text = '']) => text);
  if (texts.length > 0) return { kind: 'text', literals: texts };
  const plain = annotation.replace(/['"`]/g, '').replace(/\bdefault\b.*$/, '');
  const words = plain.match(/[A-Za-z_]\w*/g) ?? [];
  if (words.length === 0 || !words.every((each) => [SCALARS, CONTAINERS, JOINTS, LAYERS].some((of) => of.test(each))))
    return undefined;
  const lists = /\b(?:list|tuple|Iterable|List|Sequence|Tuple|ListConfig)\b(?:\[((?:[^[\]]|\[[^[\]]*\])*)\])?/g;
  const alone: readonly string[] =
    plain.replace(lists, '').match(/\b(?:integer|int|number|float|boolean|bool|str|string|\w*size_\w+)\b/g) ?? [];
  if (alone.some((each) => /^(?:int|integer|number)$|size_/.test(each))) return { kind: 'number' };
  if (alone.includes('float')) return { kind: 'number', isFloat: true };
  if (alone.includes('bool') || alone.includes('boolean')) return { kind: 'flag' };
  if (words.some((word) => LAYERS.test(word)))
    return { kind: 'layer', isInstance: /^(?:\w+\.)*Module$/.test(plain.trim()) };
  if (alone.includes('str') || alone.includes('string')) return { kind: 'text' };
  const [list] = plain.matchAll(lists);
  if (!list || /\bstr\b/.test(list[0])) return undefined;
  const inner = list[1] ?? '';
  const items = inner
    .replace(/\[[^[\]]*\]/g, '')
    .split(',')
    .map((each) => each.trim());
  const isTuple = /^tuple/i.test(list[0]);
  const isNested = /\b(?:list|tuple|Iterable|List|Sequence|Tuple)\b/.test(inner);
  return {
    kind: 'several',
    count: isTuple && items.length > 1 && !items.includes('...') ? items.length : undefined,
    isFlags: itemAt(items, 0) === 'bool',
    isTuple,
    ...(isNested && { depth: 2 }),
  };
}
