import { children } from '../../detect/range';
import type { Node } from '../../syntax/syntax';

/**
 * A piece of a file's code. What is asked of its node is asked once: an evaluation goes over the same code again and
 * again, and each question to the tree is a call into WebAssembly.
 */
export class Code {
  readonly type: string;
  private readonly fields = new Map<string, Code | undefined>();
  private parts: readonly Code[] | undefined;
  private ownText: string | undefined;
  private ownTokens: ReadonlySet<string> | undefined;

  constructor(
    readonly node: Node,
    private readonly known: Map<number, Code>,
  ) {
    this.type = node.type;
  }

  get text(): string {
    this.ownText ??= this.node.text;
    return this.ownText;
  }

  /** The named children that are code. */
  get children(): readonly Code[] {
    this.parts ??= children(this.node).map((each) => this.wrap(each));
    return this.parts;
  }

  /** The types of all that it consists of, words of the language among them: `static`, `get`, `*`. */
  get tokens(): ReadonlySet<string> {
    this.ownTokens ??= new Set(this.node.children.map((each) => each?.type ?? ''));
    return this.ownTokens;
  }

  field(name: string): Code | undefined {
    if (!this.fields.has(name)) {
      const found = this.node.childForFieldName(name);
      this.fields.set(name, found ? this.wrap(found) : undefined);
    }
    return this.fields.get(name);
  }

  /** One object stands for each node, so that pieces of code can be told apart by `===`. */
  wrap(node: Node): Code {
    const found = this.known.get(node.id) ?? new Code(node, this.known);
    this.known.set(node.id, found);
    return found;
  }
}

export function codeOf(root: Node): Code {
  const known = new Map<number, Code>();
  const code = new Code(root, known);
  known.set(root.id, code);
  return code;
}
