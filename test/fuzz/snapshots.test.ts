/**
 * Snapshots in which something went wrong, or that somebody has changed. `FUZZ=100000` tries more of them,
 * `FUZZ_CASE=n` one.
 *
 * What just went wrong, and what was put in the place of another, is never used: the state is what it was. Contents
 * that were changed by somebody who mends the checksum cannot be told from right ones; they end in some state.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileLog } from '../../src/index.ts';
import { RunState } from '../../src/store/runState.ts';
import { encodeState, snapshotBytes } from '../../src/store/snapshot.ts';
import { writeSnapshot } from '../../src/store/snapshotFiles.ts';
import { Choices } from '../choices.ts';
import { digestOf } from '../store/plainState.ts';
import { casesOf, quickFolder } from './cases.ts';
import { mutatedJson } from './jsonMutations.ts';
import { damagedBytes } from './mutations.ts';
import { mended, partsOf } from './snapshotParts.ts';
import { makeSubjects } from './subjects.ts';

const CASES = casesOf({ usual: 150, part: 0.1 });
const run = join(quickFolder(), 'run');
/** By name. */
const good = new Map<string, Buffer>();
/** By seq: the digest of the state, folded from the first fact on. */
const truth = new Map<number, string>();

beforeAll(async () => {
  const { subjects } = await makeSubjects();
  mkdirSync(run);
  for (const [name, bytes] of subjects[0]!.files) writeFileSync(join(run, name), bytes);
  await leaveSnapshots();
  for (const name of readdirSync(join(run, 'snapshots'))) good.set(name, read(name));
});

const path = (name: string) => join(run, 'snapshots', name);
const read = (name: string) => readFileSync(path(name));

/** A snapshot wherever there were some more facts, and the state a little later. */
async function leaveSnapshots(): Promise<void> {
  const log = await FileLog.read(run);
  const state = new RunState();
  let last = 0;
  for (const frame of log.read()) {
    state.fold(frame, log.table, Number.POSITIVE_INFINITY);
    const { seq } = state.data;
    if (seq - last > log.position / 12) {
      last = seq;
      const link = log.linkFrom(seq);
      if (link === null) continue;
      const bytes = snapshotBytes(encodeState(state), { run: log.manifest.run, link });
      await writeSnapshot(run, seq, { bytes });
    } else if (seq - last < 20) truth.set(seq, digestOf(state));
  }
}

/** The states at some facts, as a reader finds them with these bytes in the place of a snapshot. */
async function statesWith(name: string, bytes: Buffer, choices: Choices): Promise<string[]> {
  writeFileSync(path(name), bytes);
  try {
    const log = await FileLog.read(run);
    const wrong: string[] = [];
    // Most of them those that would go on from it.
    const after = [...truth.keys()].filter((seq) => seq >= Number.parseInt(name, 10));
    for (const seq of [after[0]!, choices.of(after), choices.of([...truth.keys()])]) {
      if (digestOf(log.stateAt(seq)) !== truth.get(seq)) wrong.push(`the state at ${seq}`);
    }
    return wrong;
  } finally {
    writeFileSync(path(name), good.get(name)!);
  }
}

/** What is found wrong in all cases. */
async function tryAll(attempt: (choices: Choices, name: string) => Promise<string[]>) {
  const wrong: string[] = [];
  for (const number of CASES) {
    const choices = new Choices(number);
    const found = await attempt(choices, choices.of([...good.keys()]));
    wrong.push(...found.map((what) => `case ${number}: ${what}`));
  }
  return wrong;
}

const LIMIT = 24 * 3600 * 1000;

describe('a snapshot that is not what was written', () => {
  it('is there to be spoilt, and used while it is whole', async () => {
    expect(good.size).toBeGreaterThan(5);
    const log = await FileLog.read(run);
    for (const [seq, digest] of truth) expect(digestOf(log.stateAt(seq))).toBe(digest);
    const all = Array.from(log.read()).length;
    expect(log.counters.frames - all).toBeLessThan((truth.size * all) / 10);
  });

  it(
    `makes no difference where it is damaged, in ${CASES.length} cases`,
    async () => {
      const wrong = await tryAll(async (choices, name) => {
        const { bytes, what } = damagedBytes(good.get(name)!, choices);
        const states = await statesWith(name, bytes, choices);
        return states.map((state) => `${name}, ${what}: ${state}`);
      });
      expect(wrong).toEqual([]);
    },
    LIMIT,
  );

  it(
    `makes no difference where it says that it is another one, in ${CASES.length} cases`,
    async () => {
      const wrong = await tryAll(async (choices, name) => {
        const whole = good.get(name)!;
        const { texts, columns } = partsOf(whole);
        const other = partsOf(good.get(choices.of([...good.keys()]))!);
        const [of, ...rest] = texts;
        const bytes = choices.of([
          () => mended(whole, [mutatedJson(of!, choices), ...rest], columns),
          () => mended(whole, [other.texts[0]!, ...rest], columns),
          () => mended(whole, [of!, ...other.texts.slice(1)], other.columns),
        ])();
        return await statesWith(name, bytes, choices);
      });
      expect(wrong).toEqual([]);
    },
    LIMIT,
  );

  it(
    `ends in a state whatever it holds, in ${CASES.length} cases`,
    async () => {
      let different = 0;
      await tryAll(async (choices, name) => {
        const whole = good.get(name)!;
        const { texts, columns } = partsOf(whole);
        const at = choices.below(3);
        const changed = texts.map((text, i) =>
          i === at && i > 0 ? mutatedJson(text, choices) : text,
        );
        const rest = at === 0 ? damagedBytes(columns, choices).bytes : columns;
        const states = await statesWith(name, mended(whole, changed, rest), choices);
        different += states.length;
        return [];
      });
      // Nobody can tell, and nobody promises it.
      if (CASES.length > 100) expect(different).toBeGreaterThan(0);
      expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(1500);
    },
    LIMIT,
  );
});
