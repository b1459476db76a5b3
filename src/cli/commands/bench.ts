/** `openbell bench`: measures the engine beside hand-written loops. The scenarios are part of a checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';

const SCENARIOS = join(import.meta.dirname, '../../../bench/run.ts');

export function define(command: Command): void {
  command
    .option('--only <scenarios>', 'these only, separated by commas')
    .option('--json', 'results as JSON')
    .option('--write <file>', 'results as a page, compared with those it had before')
    .action(bench);
}

interface BenchOptions {
  readonly only?: string;
  readonly json?: true;
  readonly write?: string;
}

async function bench({ only, json, write }: BenchOptions): Promise<void> {
  if (!existsSync(SCENARIOS)) {
    throw new UsageError(
      'the benchmark is no part of the package: run it in a checkout of openbell',
    );
  }
  const options = [
    ...(only === undefined ? [] : ['--only', only]),
    ...(json ? ['--json'] : []),
    ...(write === undefined ? [] : ['--write', write]),
  ];
  const child = spawn(process.execPath, ['--expose-gc', SCENARIOS, ...options], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 130;
}
