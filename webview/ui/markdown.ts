import { externalLink } from './controls';
import { append, element } from './dom';

/**
 * The Markdown of the catalogue's prose (paragraphs, lists, headings, strong, emphasis, code, links) as elements. It is
 * built node by node, never as HTML text.
 */
export function markdown(source: string, headingLevel: 3 | 4): HTMLElement[] {
  const blocks: HTMLElement[] = [];
  let list: HTMLUListElement | undefined;
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push(element('p', {}, ...parseInline(paragraph.join(' '))));
    paragraph = [];
  };
  for (const line of source.split(/\r?\n/)) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const item = /^\s*[-*]\s+(.*)$/.exec(line);
    if (heading || item || line.trim() === '') flush();
    if (heading) {
      list = undefined;
      blocks.push(element(headingLevel === 3 ? 'h3' : 'h4', {}, ...parseInline(heading[1] ?? '')));
    } else if (item) {
      if (!list) {
        list = element('ul');
        blocks.push(list);
      }
      append(list, element('li', {}, ...parseInline(item[1] ?? '')));
    } else if (line.trim() === '') {
      // A blank line between items keeps the list; text after it ends the list.
    } else if (list && /^\s+/.test(line)) {
      if (list.lastElementChild) append(list.lastElementChild, ' ', ...parseInline(line.trim()));
    } else {
      list = undefined;
      paragraph.push(line.trim());
    }
  }
  flush();
  return blocks;
}

const spans = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|_([^_]+)_(?!\w)|\[([^\]]+)\]\((https:[^)\s]+)\)/g;

function parseInline(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(spans)) {
    const [whole, code, strong, starred, underlined, label, url] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    if (code !== undefined) parts.push(element('code', {}, code));
    else if (strong !== undefined) parts.push(element('strong', {}, strong));
    else if (label !== undefined && url !== undefined) parts.push(externalLink(label, url));
    else parts.push(element('em', {}, starred ?? underlined ?? ''));
  }
  parts.push(text.slice(from));
  return parts;
}
