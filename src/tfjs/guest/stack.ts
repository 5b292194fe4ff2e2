/** Where the user's code is, as the interpreter's stacks tell it: `lens:0:12:5`, in a module's stripped text. */

// Kept before any code of the user's could replace it.
const OwnError = Error;

export const stackHere = (): string => String(new OwnError().stack);

/** The innermost frame in a module of the user's. */
export const placeHere = (): string | undefined => placeIn(stackHere());

/** Where an object is being made: the innermost frame that is no constructor of its class or of one that it derives from. */
export function placeOf(made: object): string | undefined {
  const names = new Set<unknown>();
  for (let at: unknown = made; typeof at === 'function'; at = Object.getPrototypeOf(at)) names.add(at.name);
  const frames = stackHere().split('\n');
  return placeIn(frames.filter((frame) => !names.has(/^\s*at (\S+) /.exec(frame)?.[1])).join('\n'));
}

export function placeIn(stack: unknown): string | undefined {
  return typeof stack === 'string' ? /\((lens:\d+:\d+:\d+)\)/.exec(stack)?.[1] : undefined;
}

/** Whether a function of a module runs in a stack. */
export function isInside(stack: string, module: string, name: string): boolean {
  return stack.split('\n').some((frame) => {
    const [, own, at] = /^\s*at (\S+) \((lens:\d+):\d+:\d+\)/.exec(frame) ?? [];
    return at === module && own?.split('.').at(-1) === name;
  });
}
