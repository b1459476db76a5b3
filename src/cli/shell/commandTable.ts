/** Every command of the shell, in the order in which help lists them. */
import type { ShellCommand } from './command.ts';
import { DATA_COMMANDS } from './dataCommands.ts';
import { GENERAL_COMMANDS } from './generalCommands.ts';
import { RECORD_COMMANDS } from './recordCommands.ts';
import { SYSTEM_COMMANDS } from './systemCommands.ts';
import { TIME_COMMANDS } from './timeCommands.ts';

export const SHELL_COMMANDS: readonly ShellCommand[] = [
  ...SYSTEM_COMMANDS,
  ...DATA_COMMANDS,
  ...TIME_COMMANDS,
  ...RECORD_COMMANDS,
  ...GENERAL_COMMANDS,
];
