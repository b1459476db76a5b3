/** `openbell config`: writes a config to begin with, checks one, describes what may be in one. */
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { configJsonSchema } from '../../domain/config/jsonSchema.ts';
import { formatProblem } from '../../domain/config/problem.ts';
import { configTemplate } from '../../domain/config/template.ts';
import { sentenceOf, UsageError } from '../../domain/errors.ts';
import { checkConfigFile } from '../configCheck.ts';
import { argument, spelled } from '../invocation.ts';
import { print, say } from '../output.ts';
import { aligned } from '../table.ts';

export function define(command: Command): void {
  command
    .command('check')
    .description('find every mistake in a config; exit code 1 if there is one')
    .argument('<file>', 'config file: .yaml, .json or .ts')
    .option('--json', 'print the result as JSON')
    .action(check);
  command
    .command('init')
    .description('write a config that runs as it is, on a synthetic market')
    .argument('[file]', 'default config.yaml, or config.json with --json')
    .addOption(new Option('--json', 'as JSON').conflicts('yaml'))
    .option('--yaml', 'as YAML, the default')
    .option('--force', 'write over a file that is there')
    .action(init);
  command
    .command('schema')
    .description('print the JSON Schema of configs, for editors')
    .action(() => print(JSON.stringify(configJsonSchema(), null, 2)));
}

async function check(file: string, { json }: { json?: true }): Promise<void> {
  const found = await checkConfigFile(file);
  if (!found.valid) process.exitCode = 1;
  if (json) {
    await print(JSON.stringify(found));
    return;
  }
  if (found.valid) {
    const { valid, ...plan } = found;
    const rows = Object.entries(plan).map(([key, value]) => [
      key.replaceAll('_', ' '),
      Array.isArray(value) ? value.join(', ') || 'none' : String(value),
    ]);
    await print(`${argument(file)} is valid\n\n${aligned(rows, 'll')}`);
    return;
  }
  const { problems } = found;
  const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
  const lines = problems.map((problem) => `  ${formatProblem(problem)}`);
  await print(`${argument(file)} has ${count}:\n${lines.join('\n')}`);
}

interface InitOptions {
  readonly json?: true;
  readonly yaml?: true;
  readonly force?: true;
}

async function init(given: string | undefined, options: InitOptions): Promise<void> {
  const file = given ?? (options.json ? 'config.json' : 'config.yaml');
  const format = formatOf(file, options);
  try {
    await writeFile(file, configTemplate({ format }), { flag: options.force ? 'w' : 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (exists) {
      throw new UsageError(`"${file}" exists: choose another name, or write over it with --force`);
    }
    const reason = sentenceOf(error);
    throw new UsageError(`"${file}" cannot be written: ${reason}`, { cause: error });
  }
  const next = ['config check', 'run'].map((step) => `  ${spelled(`${step} ${argument(file)}`)}`);
  say(`wrote ${argument(file)}\n\nNext:\n${next.join('\n')}`);
}

/** By the option, else by the name. @throws {UsageError} if the two disagree */
function formatOf(file: string, { json, yaml }: InitOptions): 'json' | 'yaml' {
  const extension = extname(file).toLowerCase();
  const named = NAMED[extension];
  if (named === undefined) {
    throw new UsageError(`"${file}" is no name for a config: end it in .yaml, .yml or .json`);
  }
  const asked = json ? 'json' : yaml ? 'yaml' : named;
  if (asked === named) return named;
  throw new UsageError(`"${file}" is a name for ${named.toUpperCase()}, but --${asked} was given`);
}

const NAMED: Readonly<Record<string, 'json' | 'yaml'>> = {
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};
