const PACKAGES = ['torch', 'torch.nn', 'torch.nn.functional', 'torch.special'];

/**
 * What a file calls PyTorch's packages: `nn` → `torch.nn`, `F` → `torch.nn.functional`. Read from the import lines
 * alone, since the line that is being typed is no valid Python yet.
 */
export function prefixesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, names = ''] of text.matchAll(/^[ \t]*import[ \t]+([^\n#]+)/gm)) {
    for (const each of names.split(',')) {
      const [, name = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(each) ?? [];
      if (alias && PACKAGES.includes(name)) found.set(alias, name);
      // `import torch.nn` binds `torch`, under which everything is reached.
      else if (!alias && name.split('.')[0] === 'torch') for (const path of PACKAGES) found.set(path, path);
    }
  }
  for (const [, base = '', names = ''] of text.matchAll(
    /^[ \t]*from[ \t]+(torch[\w.]*)[ \t]+import[ \t]+([^\n#]+)/gm,
  )) {
    for (const each of names.replace(/[()]/g, '').split(',')) {
      const [, name = '', alias = name] = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(each) ?? [];
      if (PACKAGES.includes(`${base}.${name}`)) found.set(alias, `${base}.${name}`);
      if (base === 'torch' && name === 'nn') found.set(`${alias}.functional`, 'torch.nn.functional');
    }
  }
  return found;
}
