#!/usr/bin/env node
/** The command `openbell`. This file runs on any Node, so that an old one gets a sentence, not a stack. */

const NODE_NEEDED = 24;

const major = Number.parseInt(process.versions.node, 10);
if (major < NODE_NEEDED) {
  process.stderr.write(
    `error: openbell needs Node ${NODE_NEEDED} or newer and this is ${process.version}: ` +
      'install a newer one from https://nodejs.org, or run "npx node@24" in its place\n',
  );
  process.exitCode = 2;
} else {
  // Compiled code is kept in the temporary folder, which halves the time to start.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  // Left alone, V8 lets the young generation grow to some 100 MB over a long run, for nothing: it is no faster.
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--max-semi-space-size=8');
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
