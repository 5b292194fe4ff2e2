/** What a call is about: a file, a text that is to stand in its place, or a text alone. */
import type { SourceRange } from '../graph/types';
import { formOf } from '../reader/forms';
import { OverlaidSource } from '../source/overlaid';
import { MAX_SOURCE_LENGTH, type Source, type SourceText } from '../source/source';
import { quotePath } from './bounded';
import type { ArgumentFields } from './fields';
import type { AgentHost, Reach } from './host';
import { missing } from './refusals';
import { ToolError } from './toolError';

export const subjectFields = {
  path: {
    kind: 'text',
    longest: 4096,
    description:
      'Absolute path of a Python file, notebook, TypeScript or JavaScript file inside the open folders; for models also an .onnx file.',
  },
  text: {
    kind: 'text',
    longest: MAX_SOURCE_LENGTH,
    description:
      'Source code that is read instead of the file: unsaved text (together with path, so that its imports are found) or a snippet (without path; imports of torch may be left out).',
  },
  language: {
    kind: 'choice',
    choices: ['python', 'typescript'],
    description: 'What text is written in where there is no path; python by default.',
  },
} as const satisfies ArgumentFields;

interface SubjectArguments {
  readonly path?: string | undefined;
  readonly text?: string | undefined;
  readonly language?: string | undefined;
}

/** What a call is about, and what may be read for it. */
export interface Subject extends Omit<Reach, 'source'> {
  /** As the host names it. */
  readonly file: string;
  /** As it was given; undefined: as it is on disk. */
  readonly given: string | undefined;
  /** Whether it has no file. */
  readonly isSnippet: boolean;
  /** Reads it as it was given. */
  readonly source: Source;
  /** A place as callers know it: lines and columns from 1. */
  readonly place: (range: SourceRange) => ToldPlace;
}

export interface ToldPlace {
  /** `snippet` for a text without a file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** @throws ToolError where nothing is named, or nothing that may be read */
export async function subjectOf(
  host: AgentHost,
  { path, text, language }: SubjectArguments,
  signal: AbortSignal,
): Promise<Subject> {
  if (path === undefined && text === undefined)
    throw new ToolError('wrong-argument', 'There is neither path nor text.', 'Give path, text, or both.');
  const isSnippet = path === undefined;
  const file = isSnippet ? await host.nameFor(language === 'typescript' ? 'ts' : 'py') : await host.admit(path);
  const reach = await host.reach(file, signal);
  if (text !== undefined && formOf(file) === 'onnx')
    throw new ToolError('wrong-argument', 'An ONNX file is no text.', 'Give its path without text.');
  const name = isSnippet ? 'snippet' : host.pathOf(file);
  return {
    ...reach,
    ...(text !== undefined && { source: new OverlaidSource(reach.source, { file, text, version: 0 }) }),
    file,
    given: text,
    isSnippet,
    place: (range) => ({
      file: quotePath(range.file === file ? name : host.pathOf(range.file)),
      line: range.line + 1,
      column: range.column + 1,
      endLine: range.endLine + 1,
      endColumn: range.endColumn + 1,
    }),
  };
}

/** The text of a subject. @throws ToolError where there is none */
export async function textOf(subject: Subject): Promise<SourceText> {
  const found = await subject.source.read(subject.file).catch((error: unknown) => {
    throw new ToolError('unreadable', 'The file can not be read.', 'Give a smaller file, or its part as text.', {
      reason: quotePath(error instanceof Error ? error.message : String(error)),
    });
  });
  if (!found) throw missing();
  return found;
}
