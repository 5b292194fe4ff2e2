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
  // All at once: a disk may be far away.
  const environments = CUSTOMARY.map((name) => `${folder}/${name}`);
  const settings = await Promise.all(environments.map((each) => disk.text(`${each}/pyvenv.cfg`)));
  return environments.find((_, index) => settings[index] !== undefined);
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
  const [found, settings] = await Promise.all([
    sitePackages(disk, environment),
    disk.text(`${environment}/pyvenv.cfg`),
  ]);
  if (settings !== undefined && /^include-system-site-packages\s*=\s*true\s*$/im.test(settings)) {
    const home = /^home\s*=\s*(.+?)\s*$/im.exec(settings)?.[1];
    const system = home ? await sitePackages(disk, disk.at(home.replace(/[\\/](?:bin|Scripts)$/i, ''))) : [];
    for (const folder of system) found.push(folder);
  }
  return [...new Set(found)];
}

async function sitePackages(disk: Disk, prefix: string): Promise<string[]> {
  const foldersOf = async (folder: string): Promise<string[]> => {
    const names = await disk.list(folder);
    if (names.length === 0) return [];
    const added = names.filter((name) => name.endsWith('.pth')).map((name) => paths(disk, `${folder}/${name}`));
    return [folder, ...(await Promise.all(added)).flat()];
  };
  const libraries = ['lib', 'lib64', 'local/lib'].map(async (library) => {
    const names = await disk.list(`${prefix}/${library}`);
    return names
      .filter((name) => /^python3(\.\d+)?t?$/.test(name))
      .flatMap((name) => {
        const folder = `${prefix}/${library}/${name}`;
        // Debian's name for the packages that it installs itself is the second.
        return [foldersOf(`${folder}/site-packages`), foldersOf(`${folder}/dist-packages`)];
      });
  });
  const ofWindows = foldersOf(`${prefix}/Lib/site-packages`);
  const found = await Promise.all([...(await Promise.all(libraries)).flat(), ofWindows]);
  return found.flat();
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
