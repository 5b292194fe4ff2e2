/** Where a Python keeps its libraries, found by looking at folders: no Python is run. */

/** What is asked of a host's disk. Paths or URIs are joined with `/`. */
export interface Disk {
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Text of a file, or undefined where there is none. */
  text(file: string): Promise<string | undefined>;
  /** The host's name for an absolute path of its machine. */
  at(path: string): string;
}

/** Folders of virtual environments that projects have by custom. */
const CUSTOMARY = ['.venv', 'venv', '.env', 'env'];

/** The virtual environment inside a project's folder, by its `pyvenv.cfg`, or undefined. */
export async function environmentIn(disk: Disk, folder: string): Promise<string | undefined> {
  for (const name of CUSTOMARY) {
    const environment = `${folder}/${name}`;
    if ((await disk.text(`${environment}/pyvenv.cfg`)) !== undefined) return environment;
  }
  return undefined;
}

/**
 * The environment that an interpreter belongs to: `/work/.venv/bin/python` and `C:\py\Scripts\python.exe` without their
 * last parts, `C:\py\python.exe` without its name; a folder is the environment itself.
 */
export function environmentOf(interpreter: string): string {
  const path = interpreter.replace(/[\\/]+$/, '');
  return path.replace(/[\\/](?:(?:bin|Scripts)[\\/])?(?:python|pypy)[\w.]*$/i, '');
}

/** The folders from which an environment imports: its own, those of its `.pth` files, and the system's where it sees them. */
export async function libraryFolders(disk: Disk, environment: string): Promise<string[]> {
  const found = await sitePackages(disk, environment);
  const settings = await disk.text(`${environment}/pyvenv.cfg`);
  if (settings !== undefined && /^include-system-site-packages\s*=\s*true\s*$/im.test(settings)) {
    const home = /^home\s*=\s*(.+?)\s*$/im.exec(settings)?.[1];
    const system = home ? await sitePackages(disk, disk.at(home.replace(/[\\/](?:bin|Scripts)$/i, ''))) : [];
    for (const folder of system) found.push(folder);
  }
  return [...new Set(found)];
}

async function sitePackages(disk: Disk, prefix: string): Promise<string[]> {
  const folders: string[] = [];
  const add = async (folder: string): Promise<void> => {
    const names = await disk.list(folder);
    if (names.length === 0) return;
    folders.push(folder);
    for (const name of names) {
      if (!name.endsWith('.pth')) continue;
      for (const path of await paths(disk, `${folder}/${name}`)) folders.push(path);
    }
  };
  for (const library of ['lib', 'lib64', 'local/lib']) {
    for (const name of await disk.list(`${prefix}/${library}`)) {
      if (!/^python3(\.\d+)?t?$/.test(name)) continue;
      await add(`${prefix}/${library}/${name}/site-packages`);
      // Debian's name for the packages that it installs itself.
      await add(`${prefix}/${library}/${name}/dist-packages`);
    }
  }
  await add(`${prefix}/Lib/site-packages`);
  return folders;
}

/** Folders that a `.pth` file adds (packages installed as editable); lines of code in it are not run. */
async function paths(disk: Disk, file: string): Promise<string[]> {
  const lines = ((await disk.text(file)) ?? '').split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => /^(?:\/|[A-Za-z]:[\\/])/.test(line)).map((path) => disk.at(path));
}

/** The cache of the hub that transformers fetches checkpoints into: of these only what each config.json holds is read. */
export function hubFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { HF_HUB_CACHE, HF_HOME, HOME, USERPROFILE } = environment;
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  const home = HOME ?? USERPROFILE;
  if (HF_HOME) return `${HF_HOME}/hub`;
  return home && `${home}/.cache/huggingface/hub`;
}
