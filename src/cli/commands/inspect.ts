/** `openbell inspect`: a page on this machine that shows a run, or two of them side by side. */
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { port as portOf } from '../arguments.ts';
import { interrupted } from '../inspectOptions.ts';
import { argument, openbellVersion } from '../invocation.ts';
import { print, say } from '../output.ts';
import { buildPageOnce } from '../pageBuild.ts';
import { plural } from '../table.ts';
import { writeWhole } from '../wholeFile.ts';

interface Options {
  readonly port: number;
  readonly open?: true;
  readonly export?: string;
}

export function define(command: Command): void {
  command
    .usage('<run> [other] [options]')
    .argument('<run>', 'folder of the run')
    .argument('[other]', 'folder of a run to compare it with')
    .option('--port <n>', 'port on 127.0.0.1; 0: any free one', portOf, 0)
    .option('--open', 'open it in the browser')
    .option('--export <file>', 'instead of serving it, write the page with the run in it')
    .action((run: string, other: string | undefined, options: Options) =>
      options.export === undefined
        ? inspect(run, other, options)
        : write(run, other, options.export),
    );
}

async function write(run: string, other: string | undefined, file: string): Promise<void> {
  if (other !== undefined) {
    throw new UsageError('--export writes one run: leave the other one out');
  }
  buildPageOnce();
  const { Inspection } = await import('../../inspect/inspection.ts');
  const { exportedPage } = await import('../../inspect/exportPage.ts');
  const inspection = new Inspection(run, { system: programVersions() });
  await inspection.grow();
  const text = exportedPage(inspection);
  await writeWhole([text], file);
  const { position } = inspection.a.log;
  say(`wrote ${argument(file)}: ${plural(position, 'fact')}, ${plural(text.length, 'byte')}`);
}

function programVersions(): Record<string, string> {
  return { openbell: openbellVersion(), node: process.versions.node };
}

async function inspect(run: string, other: string | undefined, options: Options): Promise<void> {
  const { serveInspector } = await import('../../inspect/server.ts');
  const { port } = options;
  const system = programVersions();
  buildPageOnce();
  await using server = await serveInspector(run, { port, system, ...(other && { other }) });
  await print(server.url);
  say('whoever has this address can read the run; Ctrl-C ends it');
  if (options.open) openBrowser(server.url);
  await interrupted();
}

/** Where there is no browser the address that was printed does. */
function openBrowser(url: string): void {
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const browser = spawn(command!, [...words, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => say('no browser could be started: open the address yourself'));
  browser.unref();
}
