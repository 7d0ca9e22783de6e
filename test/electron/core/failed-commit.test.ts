import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { restoreEndWords } from '../../../words/restore-end.ts';
import type { Failure } from '../../faults/fitting-errors.ts';
import { addEvents, makeRoot } from '../../support/place.ts';
import { start } from '../../support/process.ts';
import { readState, type State } from '../../support/state.ts';
import { live, type Story } from '../../support/story.ts';

/*
 * COMMIT reports an error, and only the content of the database tells whether it happened. What the window is told then is
 * true, and what it offers next works.
 */
const root = makeRoot();

const story: Story = {
  schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
  before: "INSERT INTO bots VALUES (1, 'ada');",
  since: "UPDATE bots SET name = 'mistaken';",
};

const FULL: Failure = { code: 'SQLITE_FULL', when: 'before' };
const UNFLUSHED: Failure = { code: 'SQLITE_IOERR_FSYNC', when: 'after' };
const BUSY: Failure = { code: 'SQLITE_BUSY', when: 'before' };
/** What the host does before the window asks how it ended. */
const MEANWHILE = {
  nothing: '',
  'writes on': addEvents(1, 'written meanwhile'),
  'replaces everything': "UPDATE bots SET name = 'another'; DELETE FROM event_log;",
};

const CASES = (['restore', 'undo'] as const).flatMap((action) =>
  (
    [
      [FULL, 'nothing', 'not-made'],
      [FULL, 'writes on', 'not-made'],
      [UNFLUSHED, 'nothing', 'made'],
      [UNFLUSHED, 'writes on', 'made'],
      [UNFLUSHED, 'replaces everything', 'unknown'],
      [BUSY, 'nothing', 'not-made'],
    ] as const
  ).map(([failure, host, outcome]) => ({ action, failure, host, outcome })),
);

type Told = {
  readonly error: { readonly code: string; readonly isUndecided: boolean; readonly words: object } | null;
  readonly left: State;
  readonly outcome: string;
  readonly again: string;
  readonly next: unknown;
  readonly after: State;
};

let told: readonly Told[];
let states: { readonly old: State; readonly mistaken: State };

beforeAll(async () => {
  const { place, id, before, since } = await live(root(), story);
  const cases = CASES.map((one, index) => ({
    ...one,
    meanwhile: MEANWHILE[one.host],
    dir: `${place.dir}-${index}`,
    snapshotId: id,
  }));
  for (const { dir } of cases) await cp(place.dir, dir, { recursive: true, preserveTimestamps: true });
  const lines = await start('commit-in-window.ts', { args: [JSON.stringify(cases)] }).ended;
  told = lines.map((line) => JSON.parse(line));
  states = { old: before, mistaken: since };
  expect(readState(join(place.dir, 'app.db'))).toEqual(since);
});

test.each(CASES.map((one, index) => ({ ...one, index, code: one.failure.code, when: one.failure.when })))(
  'after a COMMIT of $action that failed with $code $when it happened, while the host does $host, the window is told: $outcome',
  ({ action, failure, outcome, index }) => {
    const { error, left, next, after, ...found } = told[index] ?? ({} as Told);
    const [before, planned] =
      action === 'restore' ? [states.mistaken, states.old] : [states.old, states.mistaken];
    expect(left.tables).toEqual((failure === UNFLUSHED ? planned : before).tables);
    expect(error?.isUndecided).toBe(failure !== BUSY);
    expect(JSON.stringify(error?.words)).toMatch(
      failure === BUSY ? /nothing was changed|exactly as it was/i : /not known whether/,
    );
    expect(found).toEqual({ outcome, again: outcome });
    if (outcome === 'unknown') return;
    // What the window offers then: to undo it, or the same again. Either replaces what the host wrote on, and keeps it.
    expect(next).toBe(null);
    expect(after.tables).toEqual((outcome === 'made' ? before : planned).tables);
  },
);

test.each([true, false])('the words for it say nothing of what others may have written since', (stopped) => {
  expect(restoreEndWords('made', stopped)).toMatchObject({
    title: 'It was finished',
    unharmed: 'Everything was done as planned, and verified.',
  });
  expect(restoreEndWords('not-made', stopped)).toMatchObject({
    title: 'It was stopped before it was finished',
    unharmed: 'It changed nothing in the database.',
  });
});
