/** Whether the code itself says how wide a layer is, and not a default of who may build it otherwise: `nn.Linear(d, 10)`. */
export function isWrittenWidth(layer: string, width = '\\d+'): boolean {
  return new RegExp(`^[\\w.]+\\((?:[^,()]+,)?\\s*(?:out_\\w+\\s*=\\s*)?${width}\\s*[,)]`).test(layer);
}
