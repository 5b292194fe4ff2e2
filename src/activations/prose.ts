/** An activation's prose, in one language. Inline Markdown (bold, code) is left in. */
export interface Prose {
  readonly summary: string;
  /** Three to six, each of one sentence or two. */
  readonly tradeoffs: readonly string[];
  readonly chooseWhen: string;
  readonly tryInstead: string;
}

const headings = ['Summary', 'Trade-offs', 'Choose it when', 'Try instead'] as const;

/**
 * Reads a prose file: the four headings above, in every language.
 * @throws Error naming the heading that is missing.
 */
export function parseProse(markdown: string): Prose {
  const sections = new Map(
    markdown
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const end = section.indexOf('\n');
        return [section.slice(0, end).trim(), section.slice(end).trim()];
      }),
  );
  const [summary, tradeoffs, chooseWhen, tryInstead] = headings.map((heading) => {
    const text = sections.get(heading);
    if (!text) throw new Error(`the prose has no section "${heading}"`);
    return text;
  });
  return {
    summary: summary ?? '',
    tradeoffs: (tradeoffs ?? '').split('\n').map((line) => line.replace(/^- /, '')),
    chooseWhen: chooseWhen ?? '',
    tryInstead: tryInstead ?? '',
  };
}
