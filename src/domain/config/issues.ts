/** What zod says of a value, in the words of a config's problems. */
import type { z } from 'zod';
import { suggest } from '../suggest.ts';
import { type Finding, foundIn, listed, type Path } from './problem.ts';

/** The sentence for a value where the schema has none of its own. */
export function explain(issue: z.core.$ZodRawIssue): string | undefined {
  const what = allowed(issue);
  return what && `${foundIn(issue.input)}: write ${what}`;
}

function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return FORMS[issue.expected];
    case 'invalid_value':
      return listed(issue.values.map(String));
    case 'too_small':
      if (issue.origin === 'array') return `at least ${issue.minimum} entry`;
      if (issue.origin === 'string') return 'a text that is not blank';
      return `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? 'of at most' : 'below'} ${issue.maximum}`;
    default:
      return undefined;
  }
}

const FORMS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** One finding for each value that is wrong; `holder` is where the issues' own paths start. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], holder: Path = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = [...holder, ...issue.path];
    const { input, message } = issue;
    switch (issue.code) {
      case 'invalid_union':
        if (issue.discriminator !== undefined) return [untyped(issue, issue.discriminator, path)];
        return insideUnion(issue, path);
      case 'invalid_key':
        return [{ path, message: issue.issues[0]?.message ?? message, found: input }];
      case 'invalid_value':
        return [{ path, message, found: input, suggestion: suggestFor(input, issue.values) }];
      case 'custom':
        return [{ path, message, found: input, suggestion: issue.params?.suggestion }];
      default:
        return [{ path, message, found: input }];
    }
  });
}

function insideUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): Finding[] {
  const meant = branchMeant(issue.errors);
  if (meant.length > 0) return findingsOf(meant, path);
  return [{ path, message: issue.message, found: issue.input }];
}

/** An object that a field such as `type` does not tell which it is. */
function untyped(issue: z.core.$ZodIssueInvalidUnion, field: string, path: Path): Finding {
  const found = (issue.input as Readonly<Record<string, unknown>>)[field];
  const types = issue.inclusive === false ? undefined : issue.options;
  return { path, message: issue.message, found, suggestion: suggestFor(found, types ?? []) };
}

/** Of a union's branches, the one whose form the value has: only what is in it is wrong. Empty if it has none. */
function branchMeant(branches: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const codeOfWhole = (issues: readonly z.core.$ZodIssue[]) =>
    issues.find(({ path }) => path.length === 0)?.code;
  const right = branches.filter((issues) => codeOfWhole(issues) !== 'invalid_type');
  return right.find((issues) => codeOfWhole(issues) !== 'invalid_value') ?? right[0] ?? [];
}

function suggestFor(found: unknown, allowed: readonly unknown[]): string | undefined {
  return typeof found === 'string' ? suggest(found, allowed.map(String)) : undefined;
}
