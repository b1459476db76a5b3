/** What zod says of a value, in the words of a config's problems. */
import type { z } from 'zod';
import { suggest } from '../suggest.ts';
import { type Finding, foundIn, type Path } from './problem.ts';

/** The sentence for a value where the schema has none of its own: it is of the wrong form, or an empty list. */
export function explain(issue: z.core.$ZodRawIssue): string | undefined {
  const what = allowed(issue);
  return what && `${foundIn(issue.input)}: write ${what}`;
}

function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return FORMS[issue.expected];
    case 'too_small':
      return issue.origin === 'array' ? 'at least 1 entry' : undefined;
    case 'invalid_union':
      return issue.errors
        .map(formOf)
        .filter((form) => form !== undefined)
        .join(' or ');
    default:
      return undefined;
  }
}

const FORMS: Readonly<Record<string, string>> = {
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The form a branch of a union has, if the value does not have it. */
function formOf(issues: readonly z.core.$ZodIssue[]): string | undefined {
  const [first] = issues;
  return first?.code === 'invalid_type' ? FORMS[first.expected] : undefined;
}

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
