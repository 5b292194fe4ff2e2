import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { RuleSettings } from '../advise/configuration';
import { advise } from '../advise/engine';
import { neighboursOf } from '../advise/neighbours';
import { rangeIn } from '../extract/relocate';
import type { SourceRange } from '../graph/types';
import { MAX_SOURCE_LENGTH, type SourceText } from '../source/source';
import { ignoreSlow, type Syntax } from '../syntax/syntax';
import { cellPlace, openNotebook } from './notebooks';
import { WorkspaceSource } from './source';
import { language } from './surroundings';

interface Known {
  readonly key: string;
  readonly advice: Promise<readonly Advice[]>;
}

/** What is wrong in the cells of open notebooks, which are read as one program in the order of the document. */
export class NotebookAdvice implements vscode.Disposable {
  private readonly known = new Map<string, Known>();
  private readonly subscription = vscode.workspace.onDidCloseNotebookDocument(({ uri }) =>
    this.known.delete(uri.toString()),
  );

  constructor(private readonly syntax: Syntax) {}

  /** The findings in one cell; all cells of a text are looked at once. @param notebook its URI */
  async of(notebook: string, cell: string, settings: RuleSettings): Promise<readonly Advice[]> {
    const text = openNotebook(notebook);
    if (!text || text.text.length > MAX_SOURCE_LENGTH) return [];
    const key = JSON.stringify([settings, language(), text.text]);
    let known = this.known.get(notebook);
    if (known?.key !== key) {
      known = { key, advice: this.find(text, settings) };
      this.known.set(notebook, known);
    }
    return (await known.advice).filter(({ range }) => range.file === cell);
  }

  dispose(): void {
    this.subscription.dispose();
    this.known.clear();
  }

  private async find(text: SourceText, settings: RuleSettings): Promise<readonly Advice[]> {
    const source = new WorkspaceSource();
    const found = await advise(this.syntax, text, {
      settings,
      language: language(),
      findNeighbours: (program) => neighboursOf(this.syntax, source, text, program),
      firstLine: (file, line) => cellPlace(file, line)?.firstLine ?? 0,
    }).catch(ignoreSlow);
    // Places are those of the text that was looked at.
    return openNotebook(text.file)?.text === text.text ? (found ?? []).map(placeInCells) : [];
  }
}

/** A finding in the joined text at its places in the cells. */
function placeInCells(advice: Advice): Advice {
  const at = (range: SourceRange) => rangeIn(range, cellPlace);
  return {
    ...advice,
    range: at(advice.range),
    related: advice.related.map((each) => ({ ...each, range: at(each.range) })),
    fixes: advice.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ ...edit, range: at(edit.range) })),
    })),
  };
}
