import type { SourceRange } from '../graph/types';
import type { Part } from './nodes';
import { Origins } from './origins';
import { callAt } from './places';
import type { Stripped } from './strip';

/** What the stack frames of a stripped module speak of. */
export class Frames {
  private origins: Origins | undefined;

  constructor(private readonly stripped: Stripped) {}

  /**
   * The call or `new` that a stack frame runs: lines and columns from 1, columns in code points, as QuickJS has them.
   * @returns undefined where the frame stands in no call of the module
   */
  call(line: number, column: number): SourceRange | undefined {
    const part = this.callPart(line, column);
    return part && this.stripped.lines.range(this.stripped.file, part.start, part.end);
  }

  /**
   * Where the activation of the call that a frame runs was chosen, so that it can be joined with the detected site.
   * @param property `activation` or `recurrentActivation`
   * @param name the string that arrived, where it is known: it tells which of several literals was meant
   * @returns undefined where the module doesn't say that the property is set
   */
  activation(line: number, column: number, property: string, name?: string): SourceRange | undefined {
    const part = this.callPart(line, column);
    const { file, text, root, lines } = this.stripped;
    this.origins ??= new Origins(file, text, root, lines);
    return part && this.origins.activationAt(part, property, name);
  }

  private callPart(line: number, column: number): Part | undefined {
    const offset = this.stripped.map.offsetAt(line, column);
    return offset === undefined ? undefined : callAt(this.stripped.root, offset);
  }
}
