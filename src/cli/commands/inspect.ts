/** `openbell inspect`: a page on this machine that shows a run, or two of them side by side. */
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { port as portOf } from '../arguments.ts';
import { interrupted } from '../inspectOptions.ts';
import { openbellVersion } from '../invocation.ts';
import { print, say } from '../output.ts';

interface Options {
  readonly port: number;
  readonly open?: true;
}

export function define(command: Command): void {
  command
    .usage('<run> [other] [options]')
    .argument('<run>', 'folder of the run')
    .argument('[other]', 'folder of a run to compare it with')
    .option('--port <n>', 'port on 127.0.0.1; 0: any free one', portOf, 0)
    .option('--open', 'open it in the browser')
    .action(inspect);
}

async function inspect(run: string, other: string | undefined, options: Options): Promise<void> {
  const { serveInspector } = await import('../../inspect/server.ts');
  const { port } = options;
  const system = { openbell: openbellVersion(), node: process.versions.node };
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
