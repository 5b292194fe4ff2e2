/** Names that the scripts of a page have in common: each is found in whichever of them declares it. */

/** Evaluates a text among the names of a module; undefined where the module has not run. */
type ProbeOf = (module: string) => ((text: string) => unknown) | undefined;

/** What stands for a name that no script has. */
export const nowhere = Symbol('nowhere');

export class CommonNames {
  private readonly wanted = new Set<string>();

  constructor(private readonly probeOf: ProbeOf) {}

  /** Whether a script is asked for a name, which it asks for again where it has it not. */
  isLooking(name: string): boolean {
    return this.wanted.has(name);
  }

  /** The value of a name in the first of the scripts that declares it. */
  read(scripts: readonly string[], name: string): unknown {
    return this.find(scripts, name, (probe) => probe(name));
  }

  /** Gives a name a value in the script that declares it. @returns whether there is one */
  write(scripts: readonly string[], name: string, value: unknown): boolean {
    const write = (probe: (text: string) => unknown) => {
      if (probe(name) === nowhere) return nowhere;
      return (probe(`(__lens_v)=>{${name}=__lens_v}`) as (value: unknown) => void)(value);
    };
    return this.find(scripts, name, write) !== nowhere;
  }

  private find(scripts: readonly string[], name: string, take: (probe: (text: string) => unknown) => unknown): unknown {
    if (this.wanted.has(name)) return nowhere;
    this.wanted.add(name);
    try {
      for (const script of scripts) {
        const probe = this.probeOf(script);
        const found = probe ? take(probe) : nowhere;
        if (found !== nowhere) return found;
      }
      return nowhere;
    } finally {
      this.wanted.delete(name);
    }
  }
}
