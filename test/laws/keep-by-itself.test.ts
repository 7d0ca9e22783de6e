import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuard, type DataFolder, readHappened } from '../../src/index.ts';
import { addEvents, asHost, dumpChat, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';
import { REWIND } from '../support/rewound.ts';

const root = makeRoot();

const stories = fc.record({
  way: fc.constantFrom('flags' as const, 'deletes' as const),
  /** What the host does: events, a copy of its state, then perhaps a rewind by so many events. */
  steps: fc.array(fc.record({ events: fc.nat(3), back: fc.option(fc.integer({ min: 1, max: 6 })) }), {
    minLength: 1,
    maxLength: 9,
  }),
  /** How many of the copies are not about to go. */
  young: fc.nat(4),
  /** Whether the first screen has found out what happened. */
  told: fc.boolean(),
});

/** The copies, oldest first: the time is told by the name. */
async function tell(
  folder: DataFolder,
  { way, steps, young }: typeof stories extends fc.Arbitrary<infer T> ? T : never,
) {
  const old: string[] = [];
  for (const [index, { events, back }] of steps.entries()) {
    run(folder, addEvents(events, `of ${index}`));
    const isOld = index < steps.length - young;
    const id = `rewind/${isOld ? '2026' : '2099'}0301T0000${String(index).padStart(2, '0')}Z`;
    const file = await putSnapshot(folder, id, dumpChat(folder));
    if (isOld) old.push(file);
    if (back !== null) run(folder, REWIND[way](Math.max(0, (await lastOf(folder)) - back)));
  }
  return old;
}

async function lastOf(folder: DataFolder): Promise<number> {
  return asHost(
    folder,
    (db) => db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM event_log').pluck().get() ?? 0,
  );
}

type Event = { readonly id: number; readonly hidden: number; readonly kind: string };

/** The events that a reader of any of these copies sees. */
async function seenIn(files: readonly string[]): Promise<ReadonlySet<number>> {
  const logs = await Promise.all(
    files.map(async (file): Promise<readonly Event[]> => JSON.parse(await readFile(file, 'utf8')).event_log),
  );
  return new Set(
    logs.flat().flatMap(({ id, hidden, kind }) => (hidden === 0 && kind !== 'rewind' ? [id] : [])),
  );
}

async function copiesOf({ dir }: DataFolder): Promise<readonly string[]> {
  const places = [join(dir, 'snapshots/rewind'), join(dir, 'snapback/kept')];
  const names = await Promise.all(places.map((place) => readdir(place).catch(() => [])));
  return places.flatMap((place, at) =>
    (names[at] ?? []).filter((name) => name.endsWith('.json')).map((name) => join(place, name)),
  );
}

test('keep by itself takes what would bring something back and is about to go: the host’s rule loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const folder = await makeChat(root(), { events: 2 });
      const old = await tell(folder, story);
      const before = await seenIn(await copiesOf(folder));
      const guard = createGuard(folder);
      if (story.told) guard.tell(await readHappened(folder));
      await guard.look(new Date());
      for (const file of old) await rm(file);
      await guard.end();
      const live = new Set(
        asHost(folder, (db) =>
          db.prepare<[], number>('SELECT id FROM event_log WHERE hidden = 0').pluck().all(),
        ),
      );
      const after = await seenIn(await copiesOf(folder));
      expect([...before].filter((id) => !live.has(id) && !after.has(id))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
