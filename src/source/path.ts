/** The last part of a path or URI, as people read it: an address spells some characters otherwise. */
export function shortName(file: string): string {
  const address = /^[a-z][a-z\d+.-]+:/i.exec(file)?.[0];
  const path = address === undefined ? file : file.slice(address.length);
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (address === undefined) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The folder of a path or URI, with what separates it from what is in it. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
