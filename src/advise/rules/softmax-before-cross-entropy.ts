import { classAround } from '../../detect/python/bindings';
import { children, firstChild, rangeOf, stripParentheses } from '../../detect/range';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import type { Advice, TextEdit } from '../advice';
import { activationCalls, attributeValue, functionAround, inputOf, selfAttribute, valueAt } from '../calls';
import type { Messages, Rule, RuleContext } from '../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This softmax feeds a cross-entropy loss, which applies log-softmax itself: softmax runs twice, and gradients shrink. Pass the logits.',
    hint: 'softmax twice: the loss wants logits',
    related: 'The loss that applies log-softmax itself',
    fix: 'Remove the softmax',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入交叉熵损失，而损失内部已包含 log-softmax：softmax 执行了两次，梯度会变小。请直接传入 logits。',
    hint: 'softmax 重复：损失需要 logits',
    related: '内部已包含 log-softmax 的损失',
    fix: '去掉 softmax',
  },
};

/** How far values are followed. */
const MAX_DEPTH = 6;
const crossEntropy = 'torch.nn.CrossEntropyLoss';
/** A softmax and how to take it away. */
interface Found {
  readonly node: Node;
  readonly edits: readonly TextEdit[];
}

/** Probabilities that reach `CrossEntropyLoss` in the same file. */
export const softmaxBeforeCrossEntropy: Rule = {
  code: 'softmax-before-cross-entropy',
  severity: 'warning',
  *check(context) {
    const search = new Search(context);
    yield* search.find();
    const found = new Map<number, Advice>();
    for (const call of context.nodes.calls) {
      yield;
      const input = search.isLoss(call) ? inputOf(call) : undefined;
      const softmax = input && search.softmaxOf(input);
      if (softmax && !found.has(softmax.node.id)) found.set(softmax.node.id, advice(context, softmax, call));
    }
    return [...found.values()];
  },
};

function advice({ text, language }: RuleContext, { node, edits }: Found, loss: Node): Advice {
  const words = messages[language];
  return {
    code: softmaxBeforeCrossEntropy.code,
    severity: softmaxBeforeCrossEntropy.severity,
    range: rangeOf(node, text.file),
    message: words.message,
    hint: words.hint,
    related: [{ range: rangeOf(loss, text.file), message: words.related }],
    fixes: [{ title: words.fix, preferred: false, edits }],
  };
}

/** Follows a loss's input back to a softmax, within one file. What can't be followed is no evidence. */
class Search {
  /** The input of each softmax by the id of its call. */
  private readonly direct = new Map<number, Node>();
  /** What the classes' `forward` return, by the depth at which that was asked. */
  private readonly returned = Array.from({ length: MAX_DEPTH + 1 }, () => new PerNode<Found | null>());
  private readonly made = new PerNode<Node | null>();

  constructor(private readonly context: RuleContext) {}

  /** Finds the file's own softmaxes first. */
  *find(): Generator<void> {
    for (const applied of activationCalls(this.context, ['softmax'])) {
      if (applied) this.direct.set(applied.call.id, applied.input);
      yield;
    }
  }

  isLoss(call: Node): boolean {
    const callee = call.childForFieldName('function');
    if (!callee) return false;
    if (this.context.names.qualifiedName(callee) === 'torch.nn.functional.cross_entropy') return true;
    const made = this.valueOf(callee);
    return made !== undefined && this.makes(made) === crossEntropy;
  }

  softmaxOf(expression: Node, depth = 0): Found | undefined {
    const node = stripParentheses(expression);
    if (depth > MAX_DEPTH) return undefined;
    if (node.type === 'identifier') {
      const value = valueAt(node, this.context.names);
      return value && this.softmaxOf(value, depth + 1);
    }
    if (node.type !== 'call') return undefined;
    const direct = this.direct.get(node.id);
    if (direct) return this.replaceByInput(node, direct);
    const callee = node.childForFieldName('function');
    const layer = callee && this.valueOf(callee);
    if (layer && this.makes(layer) === 'torch.nn.Softmax') {
      const input = inputOf(node);
      return input && this.replaceByInput(node, input);
    }
    if (layer?.type === 'call') return this.softmaxOfModule(layer, depth);
    const owner = callee?.text === 'self' || callee?.text === 'self.forward' ? classAround.from(node) : undefined;
    return owner ? this.softmaxOfClass(owner, depth) : undefined;
  }

  /** A model that is built in this file: a Sequential that ends in Softmax, or a class whose `forward` does. */
  private softmaxOfModule(made: Node, depth: number): Found | undefined {
    const { names, nodes } = this.context;
    const callee = made.childForFieldName('function');
    if (this.makes(made) === 'torch.nn.Sequential') {
      const layers = children(made.childForFieldName('arguments'));
      const last = layers.at(-1);
      return last && this.makes(last) === 'torch.nn.Softmax' ? this.dropLast(last, layers.at(-2)) : undefined;
    }
    if (callee?.type !== 'identifier' || names.bindings(callee.text).length !== 1) return undefined;
    const owner = nodes.classNamed(callee.text);
    return owner ? this.softmaxOfClass(owner, depth) : undefined;
  }

  /** Every `return` of `forward` passes the softmax, else logits may be what the loss sees. */
  private softmaxOfClass(owner: Node, depth: number): Found | undefined {
    return this.returned[depth]?.of(owner, () => this.softmaxOfReturns(owner, depth)) ?? undefined;
  }

  private softmaxOfReturns(owner: Node, depth: number): Found | null {
    const forward = children(owner.childForFieldName('body')).find(
      (each) => each.childForFieldName('name')?.text === 'forward',
    );
    const returns = (forward?.descendantsOfType('return_statement') ?? []).filter(
      (each): each is Node => each !== null && functionAround.from(each)?.id === forward?.id,
    );
    const all = returns.map((each) => {
      const value = firstChild(each);
      return value && this.softmaxOf(value, depth + 1);
    });
    return (all.every((each) => each !== undefined) && all[0]) || null;
  }

  /** What a callee was bound to: a variable's or an attribute's value, without `.to(device)` and its kin. */
  private valueOf(callee: Node): Node | undefined {
    const { names } = this.context;
    const owner = classAround.from(callee);
    const attribute = selfAttribute(callee);
    const value =
      attribute !== undefined && owner
        ? attributeValue(this.context, owner, attribute)
        : callee.type === 'identifier'
          ? valueAt(callee, names)
          : callee.type === 'call'
            ? callee
            : undefined;
    return value && (this.made.of(value, () => stripMoves(value) ?? null) ?? undefined);
  }

  private makes(made: Node): string | undefined {
    const callee = made.type === 'call' ? made.childForFieldName('function') : undefined;
    return callee ? this.context.names.qualifiedName(callee) : undefined;
  }

  private replaceByInput(node: Node, input: Node): Found {
    return { node, edits: [{ range: rangeOf(node, this.context.text.file), text: input.text }] };
  }

  private dropLast(last: Node, before: Node | undefined): Found {
    const own = rangeOf(last, this.context.text.file);
    const from = before && rangeOf(before, own.file);
    const range = from ? { ...own, line: from.endLine, column: from.endColumn } : own;
    return { node: last, edits: [{ range, text: '' }] };
  }
}

/** What is made, without `.to(device)` and its kin behind it. */
function stripMoves(made: Node): Node | undefined {
  let value: Node | undefined = made;
  for (;;) {
    const method: Node | null | undefined = value?.type === 'call' ? value.childForFieldName('function') : undefined;
    if (
      method?.type !== 'attribute' ||
      !/^(to|cuda|cpu|train|eval|half|float|double)$/.test(method.childForFieldName('attribute')?.text ?? '')
    )
      return value;
    value = method.childForFieldName('object') ?? undefined;
  }
}
