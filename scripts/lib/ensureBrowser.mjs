// Makes sure that there is a Chromium: installed on Debian, else named.
import { findBrowser, missingBrowser } from './browser.mjs';
import { canInstall, ensureDebian } from './debian.mjs';
import { Unmet } from './process.mjs';

/**
 * Where there is no Chromium and Debian's may be installed, installs it.
 * @throws {Unmet} where there is none in the end
 */
export async function ensureBrowser() {
  if (findBrowser()) return;
  if (canInstall()) await ensureDebian(['chromium'], 'to show panels and the browser editor');
  if (!findBrowser()) throw new Unmet(missingBrowser);
}
