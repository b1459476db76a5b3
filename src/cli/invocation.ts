/** How this program is called: what hints for the next command must spell, and its version. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** A command as the user would type it here: by its installed name, or through npm in a checkout. */
export function spelled(command: string): string {
  if (import.meta.filename.endsWith('.ts')) return `npm run -s openbell -- ${command}`;
  return process.env.npm_command === 'exec' ? `npx openbell ${command}` : `openbell ${command}`;
}

/** A path as an argument: from the working directory if it lies below, quoted if it must be. */
export function argument(path: string): string {
  const near = relative('.', path);
  const short = near === '' || near.startsWith('..') ? path : near;
  return /^[\w./\\:=@+-]+$/.test(short) ? short : `"${short}"`;
}

export function openbellVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
