import { python, pythonName } from '../syntax/identifiers';

const PACKAGES = ['torch', 'torch.nn', 'torch.nn.functional', 'torch.special'];

/** `torch.nn as nn` */
const named = new RegExp(`^\\s*([.${python.part}]+)(?:\\s+as\\s+(${python.name}))?\\s*$`, 'u');
const fromTorch = new RegExp(`^[ \\t]*from[ \\t]+(torch[.${python.part}]*)[ \\t]+import[ \\t]+([^\\n#]+)`, 'gmu');

/**
 * What a file calls PyTorch's packages: `nn` → `torch.nn`, `F` → `torch.nn.functional`. Read from the import lines
 * alone, since the line that is being typed is no valid Python yet.
 */
export function prefixesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, names = ''] of text.matchAll(/^[ \t]*import[ \t]+([^\n#]+)/gm)) {
    for (const each of names.split(',')) {
      const [, name = '', alias] = named.exec(pythonName(each)) ?? [];
      if (alias && PACKAGES.includes(name)) found.set(alias, name);
      // `import torch.nn` binds `torch`, under which everything is reached.
      else if (!alias && name.split('.')[0] === 'torch') for (const path of PACKAGES) found.set(path, path);
    }
  }
  for (const [, base = '', names = ''] of text.matchAll(fromTorch)) {
    for (const each of names.replace(/[()]/g, '').split(',')) {
      const [, name = '', alias = name] = named.exec(pythonName(each)) ?? [];
      if (PACKAGES.includes(`${base}.${name}`)) found.set(alias, `${base}.${name}`);
      if (base === 'torch' && name === 'nn') found.set(`${alias}.functional`, 'torch.nn.functional');
    }
  }
  return found;
}
