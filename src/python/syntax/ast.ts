import type { PyValue } from '../values/values';

/** Where a piece of code stands: line and UTF-16 column from 0, end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface CallArgument {
  readonly value: Expr;
  /** `*value`, `**value` or `name=value`. */
  readonly form: 'plain' | 'star' | 'doublestar' | 'keyword';
  readonly name: string;
}

export interface ParameterNode {
  readonly name: string;
  readonly kind: 'positional-only' | 'positional' | 'keyword' | 'varargs' | 'varkeywords';
  readonly default: Expr | undefined;
  /** As written: `Float[Tensor, "b c h w"]`. It is never evaluated. */
  readonly annotation?: string;
  /** Of its name in the text. */
  readonly span?: Span;
}

export interface Clause {
  readonly target: Expr;
  readonly iterable: Expr;
  readonly conditions: readonly Expr[];
}

/** A function's code, shared by every closure made from it. */
export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly ParameterNode[];
  readonly body: readonly Stmt[];
  readonly generator: boolean;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
  readonly documentation: string | null;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

type E<K extends string, T> = { readonly kind: K; readonly span: Span } & T;

export type Expr =
  | E<'constant', { readonly value: PyValue }>
  /** `2j` */
  | E<'imaginary', { readonly value: number }>
  | E<'name', { readonly name: string }>
  | E<'attribute', { readonly object: Expr; readonly name: string }>
  | E<'subscript', { readonly object: Expr; readonly index: Expr }>
  | E<'slice', { readonly start?: Expr; readonly stop?: Expr; readonly step?: Expr }>
  | E<'call', { readonly callee: Expr; readonly args: readonly CallArgument[]; readonly plain: boolean }>
  | E<'binary', { readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }>
  | E<'unary', { readonly operator: '-' | '+' | '~'; readonly operand: Expr }>
  | E<'not', { readonly operand: Expr }>
  | E<'boolean', { readonly operator: 'and' | 'or'; readonly left: Expr; readonly right: Expr }>
  | E<
      'compare',
      { readonly left: Expr; readonly rest: readonly { readonly operator: CompareOperator; readonly right: Expr }[] }
    >
  | E<'conditional', { readonly condition: Expr; readonly consequence: Expr; readonly otherwise: Expr }>
  | E<'lambda', { readonly code: FunctionCode }>
  | E<'tuple' | 'list' | 'set', { readonly items: readonly Expr[] }>
  /** A `key` of undefined is `**value`. */
  | E<'dict', { readonly entries: readonly { readonly key: Expr | undefined; readonly value: Expr }[] }>
  | E<
      'comprehension',
      {
        readonly form: 'list' | 'set' | 'dict' | 'generator';
        readonly element: Expr;
        readonly value: Expr | undefined;
        readonly clauses: readonly Clause[];
      }
    >
  | E<'fstring', { readonly parts: readonly (string | FormatPart)[] }>
  | E<'starred', { readonly value: Expr }>
  | E<'walrus', { readonly name: string; readonly value: Expr }>
  | E<'yield', { readonly value: Expr | undefined; readonly from: boolean }>
  | E<'await', { readonly value: Expr }>
  /** Text that is not Python (yet). */
  | E<'broken', { readonly text: string }>;

export interface FormatPart {
  readonly value: Expr;
  /** `!r`, `!s`, `!a`. */
  readonly conversion: string;
  readonly specification: readonly (string | FormatPart)[];
  /** Text of `{expression=}`. */
  readonly label: string;
}

export type Pattern =
  | { readonly kind: 'capture'; readonly name: string | undefined }
  | { readonly kind: 'value'; readonly value: Expr }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'star'; readonly name: string | undefined }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly { readonly key: Expr; readonly pattern: Pattern }[];
      readonly rest: string | undefined;
    }
  | {
      readonly kind: 'class';
      readonly cls: Expr;
      readonly positional: readonly Pattern[];
      readonly keywords: readonly { readonly name: string; readonly pattern: Pattern }[];
    }
  | { readonly kind: 'or'; readonly options: readonly Pattern[] }
  | { readonly kind: 'as'; readonly pattern: Pattern; readonly name: string };

export interface Case {
  readonly pattern: Pattern;
  readonly guard: Expr | undefined;
  readonly body: readonly Stmt[];
}

export interface Handler {
  readonly type: Expr | undefined;
  readonly name: string | undefined;
  readonly body: readonly Stmt[];
}

export type Stmt =
  | E<'expression', { readonly value: Expr }>
  | E<'assign', { readonly targets: readonly Expr[]; readonly value: Expr }>
  | E<'annotation', { readonly target: Expr; readonly text: string; readonly value: Expr | undefined }>
  | E<'augmented', { readonly operator: BinaryOperator; readonly target: Expr; readonly value: Expr }>
  | E<'if', { readonly condition: Expr; readonly consequence: readonly Stmt[]; readonly otherwise: readonly Stmt[] }>
  | E<
      'for',
      {
        readonly target: Expr;
        readonly iterable: Expr;
        readonly body: readonly Stmt[];
        readonly otherwise: readonly Stmt[];
      }
    >
  | E<'while', { readonly condition: Expr; readonly body: readonly Stmt[]; readonly otherwise: readonly Stmt[] }>
  | E<
      'try',
      {
        readonly body: readonly Stmt[];
        readonly handlers: readonly Handler[];
        readonly otherwise: readonly Stmt[];
        readonly last: readonly Stmt[];
      }
    >
  | E<
      'with',
      {
        readonly items: readonly { readonly value: Expr; readonly target: Expr | undefined }[];
        readonly body: readonly Stmt[];
      }
    >
  | E<'match', { readonly subject: Expr; readonly cases: readonly Case[] }>
  | E<'function', { readonly code: FunctionCode; readonly decorators: readonly Expr[] }>
  | E<
      'class',
      {
        readonly name: string;
        readonly args: readonly CallArgument[];
        readonly body: readonly Stmt[];
        readonly decorators: readonly Expr[];
        readonly documentation: string | null;
      }
    >
  | E<'return', { readonly value: Expr | undefined }>
  | E<'raise', { readonly value: Expr | undefined; readonly cause: Expr | undefined }>
  | E<'assert', { readonly condition: Expr; readonly message: Expr | undefined }>
  | E<'delete', { readonly targets: readonly Expr[] }>
  | E<'import', { readonly names: readonly { readonly module: string; readonly alias: string | undefined }[] }>
  | E<
      'from',
      {
        readonly module: string;
        readonly level: number;
        readonly names: readonly { readonly name: string; readonly alias: string | undefined }[];
        readonly star: boolean;
      }
    >
  | E<'pass' | 'break' | 'continue', Record<never, never>>
  | E<'broken', { readonly text: string }>;

/** A file's code. */
export interface Program {
  readonly file: string;
  readonly body: readonly Stmt[];
  /** Where the text is not Python, first to last. */
  readonly errors: readonly Span[];
}
