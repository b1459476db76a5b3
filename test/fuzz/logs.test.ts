/**
 * Logs in which something went wrong, or that somebody has changed. `FUZZ=100000` tries more of them,
 * `FUZZ_CASE=n` one.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Choices } from '../choices.ts';
import { casesOf, quickFolder, tellProgress } from './cases.ts';
import { LogProbe } from './logProbe.ts';
import { damaged } from './mutations.ts';
import { makeSubjects, type Subject } from './subjects.ts';

const CASES = casesOf({ usual: 300, part: 0.8 });

let subjects: Subject[];
let probe: LogProbe;

beforeAll(async () => {
  const made = await makeSubjects();
  subjects = made.subjects;
  probe = new LogProbe(quickFolder(), made.truth);
});

describe('a log with something wrong in it', () => {
  it(
    `is read as far as it is as it was, or refused with a reason, in ${CASES.length} cases`,
    async () => {
      const wrong: string[] = [];
      for (const number of CASES) {
        tellProgress(number, CASES);
        const choices = new Choices(number);
        const subject = choices.of(subjects);
        const damage = damaged(subject.files, choices);
        try {
          await probe.probe(subject, damage, choices);
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error);
          process.stderr.write(`case ${number} is wrong\n`);
          wrong.push(`case ${number}, ${subject.name}, ${damage.what}: ${said}`);
          if (wrong.length === 20) break;
        }
      }
      expect(wrong).toEqual([]);
    },
    24 * 3600 * 1000,
  );

  it('does not make the process grow', () => {
    expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(1500);
  });
});
