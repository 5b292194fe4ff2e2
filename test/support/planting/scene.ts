import { children } from '../../../src/detect/range';
import type { Node, Tree } from '../../../src/syntax/syntax';
import { testSyntax } from '../syntax';

/** Losses that faults are planted around. */
export type LossKind = 'cross_entropy' | 'nll_loss' | 'binary_cross_entropy' | 'binary_cross_entropy_with_logits';

const lossClasses: Readonly<Record<string, LossKind>> = {
  CrossEntropyLoss: 'cross_entropy',
  NLLLoss: 'nll_loss',
  BCELoss: 'binary_cross_entropy',
  BCEWithLogitsLoss: 'binary_cross_entropy_with_logits',
};
export const lossClassOf = (kind: LossKind): string =>
  Object.keys(lossClasses).find((name) => lossClasses[name] === kind) ?? '';

/** One file of a scene, parsed. */
export interface SceneFile {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
}

/** A call that computes a loss: of which kind, and of what. */
export interface LossSite {
  readonly call: Node;
  readonly kind: LossKind;
  readonly args: readonly Node[];
}

/**
 * A small project that is right as it stands. What a name means in it is told by its text alone, by rules of thumb that
 * hold for these files and share nothing with what is tested.
 */
export class Scene {
  private constructor(
    readonly name: string,
    readonly files: readonly SceneFile[],
    private readonly trees: readonly Tree[],
  ) {}

  static async parse(name: string, texts: Readonly<Record<string, string>>): Promise<Scene> {
    const trees = await Promise.all(Object.values(texts).map((text) => testSyntax().parse('python', text)));
    const files = Object.entries(texts).map(([file, text], index) => {
      const root = trees[index]?.rootNode;
      if (!root || root.hasError) throw new Error(`${name}/${file} is no Python`);
      return { file, text, root };
    });
    return new Scene(name, files, trees);
  }

  free(): void {
    for (const each of this.trees) each.delete();
  }

  /** The same project with one file's text replaced. */
  textsWith(file: string, text: string): Record<string, string> {
    return Object.fromEntries(this.files.map((each) => [each.file, each.file === file ? text : each.text]));
  }

  get losses(): ReadonlySet<LossKind> {
    return new Set(this.files.flatMap((file) => this.lossSites(file).map(({ kind }) => kind)));
  }

  /** The calls in a file that compute a loss of two tensors. */
  lossSites({ root }: SceneFile): LossSite[] {
    return callsIn(root).flatMap((call): LossSite[] => {
      const args = positional(call);
      const kind = this.lossCalled(call);
      return kind && args.length >= 2 ? [{ call, kind, args }] : [];
    });
  }

  private lossCalled(call: Node): LossKind | undefined {
    const callee = call.childForFieldName('function');
    const text = callee?.text ?? '';
    const name = text.split('.').at(-1) ?? '';
    if (/^(?:F|(?:torch\.)?nn\.functional)\./.test(text))
      return Object.values(lossClasses).find((kind) => kind === name);
    for (const { text: code } of this.files) {
      const built = new RegExp(`\\b${name} = (?:torch\\.)?nn\\.(\\w+Loss)\\(`).exec(code)?.[1];
      if (built !== undefined) return lossClasses[built];
    }
    return undefined;
  }

  /** The classes that are built outside of all classes: whole models. */
  get models(): readonly (readonly [SceneFile, Node])[] {
    const built = this.files.map(({ text }) => text.replace(/^class [\s\S]*?(?=^\S)/gm, '')).join('\n');
    const trainers = this.files.flatMap(({ text }) =>
      [...text.matchAll(/self\.model = (\w+)\(/g)].map((each) => each[1]),
    );
    return this.files.flatMap((file) =>
      file.root.descendantsOfType('class_definition').flatMap((each): (readonly [SceneFile, Node])[] => {
        const name = each?.childForFieldName('name')?.text;
        const isBuilt = new RegExp(`\\b${name}\\(`).test(built) || trainers.includes(name);
        return each && isBuilt && methodOf(each, 'forward') ? [[file, each]] : [];
      }),
    );
  }
}

export function callsIn(node: Node): Node[] {
  return node.descendantsOfType('call').filter((each): each is Node => each !== null);
}

/** The arguments of a call that come by position. */
export function positional(call: Node): Node[] {
  return children(call.childForFieldName('arguments')).filter(({ type }) => type !== 'keyword_argument');
}

export function methodOf(cls: Node, name: string): Node | undefined {
  const methods = cls.childForFieldName('body')?.descendantsOfType('function_definition') ?? [];
  return methods.find((each) => each?.childForFieldName('name')?.text === name) ?? undefined;
}

/** The nearest node above of a kind. */
export function above(node: Node, type: string): Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (at.type === type) return at;
  return undefined;
}

/** The call that builds what `self.NAME` of a class holds. */
export function builderOf(node: Node, name: string): Node | undefined {
  const cls = above(node, 'class_definition');
  for (const each of cls?.descendantsOfType('assignment') ?? [])
    if (each?.childForFieldName('left')?.text === `self.${name}`) return each.childForFieldName('right') ?? undefined;
  return undefined;
}

/** `Linear` of `nn.Linear(…)`, and of `self.fc(…)` whose attribute is built so. */
export function layerCalled(call: Node): string | undefined {
  const callee = call.childForFieldName('function')?.text ?? '';
  const own = /^self\.(\w+)$/.exec(callee)?.[1];
  const built = own === undefined ? undefined : builderOf(call, own)?.childForFieldName('function')?.text;
  return /^(?:torch\.)?nn\.([A-Z]\w*)$/.exec(built ?? '')?.[1];
}
