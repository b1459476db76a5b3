/** The usage of a command, read: which words and options it takes. */

export interface Usage {
  readonly words: readonly UsageWord[];
  /** By its spelling, such as `--until`: the name of its value; null if it takes none. */
  readonly options: ReadonlyMap<string, string | null>;
}

export interface UsageWord {
  readonly name: string;
  readonly required: boolean;
  readonly many: boolean;
}

const PART = /\[?(?:(--[a-z-]+)(?: ([A-Z]+))?|([A-Z]+)(\.\.\.)?)\]?/g;

export function usageOf(text = ''): Usage {
  const words: UsageWord[] = [];
  const options = new Map<string, string | null>();
  for (const [part, option, value, name, dots] of text.matchAll(PART)) {
    if (option !== undefined) options.set(option, value ?? null);
    else words.push({ name: name!, required: part[0] !== '[', many: dots !== undefined });
  }
  return { words, options };
}
