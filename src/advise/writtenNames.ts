import type { Expr } from '../python/syntax/ast';

/** The last word of a name that an expression is about: `labels` of `batch["labels"].to(device)`. */
export function wordOf(expression: Expr | undefined): string | undefined {
  switch (expression?.kind) {
    case 'name':
    case 'attribute':
      return expression.kind === 'attribute' && moved.test(expression.name)
        ? wordOf(expression.object)
        : expression.name;
    case 'call':
      return expression.callee.kind === 'attribute' && moved.test(expression.callee.name)
        ? wordOf(expression.callee.object)
        : undefined;
    case 'subscript':
      return expression.index.kind === 'constant' && typeof expression.index.value === 'string'
        ? expression.index.value
        : wordOf(expression.object);
    default:
      return undefined;
  }
}

/** Methods that leave what a name stands for. */
const moved =
  /^(to|cuda|cpu|float|double|half|long|int|view|reshape|squeeze|unsqueeze|flatten|detach|clone|contiguous|type|type_as|data)$/;

/** Names that people give to what a model should have said. */
export function namesTarget(word: string | undefined): boolean {
  return /^((batch|train|true|b|gt|real|hard)_?)?(y|ys|yb|labels?|lbls?|targets?|tgts?|trgs?|truths?|ground_?truth|gt|answers?|classes)(_(true|train|batch|[a-z]|\d|onehot|one_hot|tensor))?$|^(?!pseudo|soft|teacher|fake|num|n_)\w+_labels?$|^(tgt|trg|target|label)s?_(out|ids?|seq|tokens?)$|^(true|gt|real)_?masks?$|^masks?_(true|gt)$/i.test(
    word ?? '',
  );
}

/** Names that people give to what a model says. */
export function namesOutput(word: string | undefined): boolean {
  return /^(\w+_)?(outs?|outputs?|preds?|predictions?|predicted|logits?|scores?|probs?|y_?hat|y_?pred(icted)?)(_\w+|\d+)?$/i.test(
    word ?? '',
  );
}

/** Whether code computes what bears a name, beyond taking it from a batch or moving it: pseudo-labels, a second model's. */
export function isComputed(name: string, text: string): boolean {
  const assignments = text.matchAll(new RegExp(`^[^=(\\n]*\\b${name}\\b[^=(\\n]*=(?!=)[ \\t]*(.*)`, 'gm'));
  const isTaken = new RegExp(
    `\\b${name}\\b|^(?:(?:batch|data|sample|item|inputs)\\b|next\\(|(?:\\w+\\.)*(?:\\w+_)?(?:batch|data)\\w*\\(|(?:torch\\.)?(?:\\w*[tT]ensor|from_numpy|randint|full|ones|zeros)(?:_like)?\\b|Variable\\()`,
  );
  return [...assignments].some(([, value = '']) => value.includes('(') && !isTaken.test(value));
}
