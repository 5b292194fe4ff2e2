/** Made by scripts/esbuild-formulas.mjs: SVG in currentColor, by the catalogue's ids. */
declare module 'virtual:formulas' {
  const formulas: Readonly<Record<string, { readonly value: string; readonly derivative: string }>>;
  export default formulas;
}
