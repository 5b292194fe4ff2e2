// Where things are: the checkout, what is built from it, and what is kept between checkouts.
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

/** Large tools that outlive a checkout, such as the browser editor; each in a folder keyed by its version. */
export const cache = process.env.ACTIVATION_LENS_CACHE ?? join(homedir(), '.cache', 'activation-lens');
