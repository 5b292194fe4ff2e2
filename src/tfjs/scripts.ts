import type { LanguageId } from '../syntax/syntax';

/** The code of a page or of a component, where it stands in the file: everything else is blank. */
export interface Script {
  readonly text: string;
  readonly grammar: LanguageId;
  readonly isTypeScript: boolean;
}

/** `<script lang="ts">…</script>`; no pattern that can run away on long texts. */
const opening = /<script((?:\s[^<>]{0,500})?)>/gi;
/** Scripts that hold no code: templates, data, shaders. */
const isCode = /\btype\s*=\s*["']?(?:module|text\/(?:java|type|babel)|application\/(?:java|ecma))/i;
/** `src="./model.js"`; libraries from elsewhere have an address. */
const linked = /\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i;

export const isPage = (file: string): boolean => /\.html?$/i.test(file);

/** The scripts of an HTML page, a Vue or a Svelte component; undefined where the file is code itself. */
export function scriptOf(file: string, text: string): Script | undefined {
  if (!/\.(html?|vue|svelte)$/i.test(file)) return undefined;
  const parts: string[] = [];
  let isTypeScript = false;
  let at = 0;
  for (const { 0: tag, 1: attributes = '', index } of text.matchAll(opening)) {
    if (index < at || (/\btype\s*=/i.test(attributes) && !isCode.test(attributes))) continue;
    const start = index + tag.length;
    const found = text.slice(start).search(/<\/script/i);
    const end = found < 0 ? text.length : start + found;
    isTypeScript ||= /\blang\s*=\s*["']?tsx?\b/i.test(attributes);
    const link = isPage(file) ? linkOf(tag, attributes) : undefined;
    // Two scripts are two programs: neither goes on where the other ends.
    parts.push(blank(text.slice(at, index)), link ?? `${blank(tag.slice(1))};`);
    parts.push(link === undefined ? text.slice(start, end) : blank(text.slice(start, end)));
    at = end;
    if (at < text.length) parts.push(';');
    at = Math.min(text.length, at + 1);
  }
  parts.push(blank(text.slice(at)));
  return { text: parts.join(''), grammar: isTypeScript ? 'typescript' : 'tsx', isTypeScript };
}

/** A script in a file of its own runs where the page names it: `require("./model.js")`, as long as its tag. */
function linkOf(tag: string, attributes: string): string | undefined {
  const [, double, single, bare] = linked.exec(attributes) ?? [];
  const path = (double ?? single ?? bare)?.replace(/[?#].*$/, '');
  if (!path || /^(?:[a-z][\w+.-]*:|\/\/)/i.test(path)) return undefined;
  const specifier = JSON.stringify(path.startsWith('.') ? path : `./${path.replace(/^\//, '')}`);
  const call = `require(${specifier})`;
  return call.length > tag.length || tag.includes('\n') ? undefined : call.padEnd(tag.length);
}

const blank = (text: string): string => text.replace(/[^\n\r]/g, ' ');
