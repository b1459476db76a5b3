/**
 * A browser for the tests of the page: the machine's own, else Debian's `chromium` where it may be installed, else
 * one that an npm package ships. Says which it took.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserServer, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const INSTALL_MS = 6 * 60_000;

/** As root, without graphics, and without a word to hosts of its own. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // The same page is the same picture, to the pixel.
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--disable-font-subpixel-positioning',
  '--disable-partial-raster',
  '--disable-skia-runtime-opts',
  '--force-color-profile=srgb',
];

interface Found {
  readonly path: string;
  readonly how: string;
}

/** Starts the browser that all tests of the page share. */
export async function openBrowser(): Promise<BrowserServer> {
  const { path, how } = await findBrowser();
  console.log(`browser: ${path} (${how})`);
  return chromium.launchServer({ executablePath: path, args: [...FLAGS] });
}

async function findBrowser(): Promise<Found> {
  return ofMachine() ?? fromDebian() ?? (await fromPackage());
}

function ofMachine(): Found | null {
  const named = process.env.CHROME;
  if (named !== undefined && named !== '') return { path: named, how: 'named by CHROME' };
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin');
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const path = paths.find((each) => existsSync(each));
  return path === undefined ? null : { path, how: "the machine's own" };
}

/** Installs Debian's package, where this may be done; null where it may not, or did not work. */
function fromDebian(): Found | null {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  try {
    accessSync('/var/lib/dpkg', constants.W_OK);
    console.log('browser: none on this machine, installing chromium with apt-get');
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
    return { ...ofMachine()!, how: 'installed with apt-get' };
  } catch (error) {
    console.log(`browser: apt-get could not install chromium: ${String(error).split('\n')[0]}`);
    return null;
  }
}

function apt(...words: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', words, { env, stdio: 'ignore', timeout: INSTALL_MS });
}

async function fromPackage(): Promise<Found> {
  // It unpacks libraries that the machine may lack when it takes the machine for a cloud function's.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: shipped } = await import('@sparticuz/chromium');
  const path = await shipped.executablePath();
  return { path, how: 'shipped in the package @sparticuz/chromium' };
}
