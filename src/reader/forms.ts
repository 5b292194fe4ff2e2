/** What models are written in: each form is read in a thread of its own, with its own library. */
export type ModelForm = 'python' | 'tfjs' | 'onnx';

const TFJS = ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'vue', 'svelte', 'html', 'htm'];

/** Endings of the files that may say how a model of each form is built. */
export const callerEndings: Readonly<Record<ModelForm, readonly string[]>> = {
  python: ['py', 'ipynb', 'md', 'yaml', 'yml', 'json'],
  tfjs: TFJS,
  onnx: [],
};

/** The ending of a file's name, or of the path of its address. */
function endingOf(file: string): string {
  const path = file.replace(/[?#].*$/, '');
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

/** What a file's model is written in, by its name; the cell of a notebook is Python. */
export function formOf(file: string): ModelForm {
  const ending = endingOf(file);
  if (ending === 'onnx') return 'onnx';
  return TFJS.includes(ending) ? 'tfjs' : 'python';
}

/** Whether a file may say how a model of a form is built. */
export function maySayHow(file: string, form: ModelForm): boolean {
  return callerEndings[form].includes(endingOf(file));
}
