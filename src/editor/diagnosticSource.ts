/** How the extension's problems are told from others': `Diagnostic.source`. */
export const diagnosticSource = 'Activation Lens';
