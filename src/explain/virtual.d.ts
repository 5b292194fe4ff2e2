/** Made by scripts/esbuild-formulas.mjs: SVG in currentColor. */
declare module 'virtual:formulas' {
  interface Drawn {
    readonly value: string;
    readonly derivative: string;
  }
  const formulas: {
    readonly byId: Readonly<
      Record<
        string,
        Drawn & {
          /** The function without a word on what its symbols stand for. */
          readonly bare: string;
          /** `a = `, by the parameter's name. */
          readonly symbols: Readonly<Record<string, string>>;
          readonly variants?: Readonly<Record<string, Drawn>>;
        }
      >
    >;
    /** What numbers are written with. */
    readonly characters: Readonly<Record<string, string>>;
  };
  export default formulas;
}
