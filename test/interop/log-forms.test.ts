import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  checkProfile,
  type DataFolder,
  defaultRestoreOptions,
  diffSnapshot,
  exportSnapshot,
  listSnapshots,
  openConversation,
  openDataFolder,
  planRestore,
  planUndo,
  readHappened,
  readTimeline,
  restoreToCopy,
  searchSnapshots,
  takeSnapshot,
} from '../../src/index.ts';
import { profileLine } from '../../words/profile.ts';
import { asHost, makeDir, makeRoot } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { type LogForm, logForms, type Said, TABLE, timeOf } from './log-forms.ts';

/* However a profile says that an application keeps its events, the same is found in them, and the same can be done. */

const root = makeRoot();
const ID = 'backup/20261120T110000Z';
const ROOMS = `CREATE TABLE rooms (room TEXT PRIMARY KEY, title TEXT); INSERT INTO rooms VALUES ('a', 'Harbour'), ('b', 'Orchard');`;
const MESSAGES = Array.from({ length: 12 }, (_, index): Said => message(index + 1, index < 8 ? 'a' : 'b'));
const LOST = [10, 11, 12].map((n) => `The tide turns, number ${n}`);
const REWIND: Said = { ...message(13, 'b'), kind: 'rewind', text: '', backTo: 9 };

function message(n: number, room: string): Said {
  const at = new Date(timeOf(n)).toISOString();
  const who = n % 2 === 0 ? 'Ida' : 'Tomas';
  return { n, kind: 'said', room, who, text: `The tide turns, number ${n}`, at, backTo: null };
}

/** The folder, and a snapshot from before the second chat was rewound: one that Snapback took where it can, else a copy. */
async function makeRewound(form: LogForm): Promise<{ readonly folder: DataFolder; readonly id: string }> {
  const dir = await makeDir(root());
  const profile = {
    ...form.profile,
    log: { table: TABLE, ...form.profile.log },
    tables: ['rooms', ...(form.profile.tables ?? [])],
    chat: { ...form.profile.chat, names: { table: 'rooms', id: 'room', name: ['title'] }, person: null },
  };
  await writeFile(join(dir, 'snapback-profile.json'), JSON.stringify(profile));
  asHost({ databaseFile: join(dir, 'app.db') }, (db) =>
    db.exec(`${ROOMS} ${form.schema} ${MESSAGES.map(form.append).join(' ')}`),
  );
  const folder = await openDataFolder(dir);
  const id = form.refused?.take === true ? await copyInto(folder) : (await takeSnapshot(folder, 'rewind')).id;
  const takeBack = form.takeBack ?? `DELETE FROM ${TABLE} WHERE id BETWEEN 10 AND 12;`;
  asHost(folder, (db) => db.exec(`${takeBack} ${form.append(REWIND)}`));
  return { folder, id };
}

/** Puts a copy of the database among the snapshots. */
async function copyInto({ dir, databaseFile }: DataFolder): Promise<string> {
  await mkdir(join(dir, 'snapshots', 'backup'), { recursive: true });
  asHost({ databaseFile }, (db) => db.prepare('VACUUM INTO ?').run(join(dir, 'snapshots', `${ID}.db`)));
  return ID;
}

function tablesOf({ profile }: DataFolder, databaseFile: string): readonly unknown[] {
  return asHost({ databaseFile }, (db) =>
    [profile.log.table, ...profile.tables].map((table) => db.prepare(`SELECT * FROM "${table}"`).all()),
  );
}

/** The messages that a reader of the chats sees, by their places. */
function saidIn({ visible }: LogForm, databaseFile: string): readonly unknown[] {
  const sql = visible ?? `SELECT id FROM ${TABLE} WHERE kind = 'said' ORDER BY id`;
  return asHost({ databaseFile }, (db) => db.prepare(sql).pluck().all());
}

describe.each(logForms)('with $name', (form) => {
  test('the profile is understood, and what was lost is found: in the list, the difference, the chat, the timeline, by search', async () => {
    const { folder, id } = await makeRewound(form);
    const isPlaced = form.refused?.take !== true;
    const line = profileLine(await checkProfile(folder), { writable: true });
    expect(line).toContain(form.line);
    expect(line).toContain(form.refused?.line ?? 'Snapshots can be compared, taken and restored here');
    expect((await listSnapshots(folder)).map((one) => one.id)).toEqual([id]);
    const happened = await readHappened(folder);
    const orchard = { chat: 'b', chatName: 'Orchard' };
    const loss = { ...orchard, events: 3, spoken: 3, first: { text: LOST[0] }, last: { text: LOST[2] } };
    const way = { returningEvents: [loss], rewoundAt: REWIND.at };
    const lastMessages = LOST.map((text) => ({ ...orchard, text }));
    // Where the place of a snapshot in the log is not known, only that something is lost.
    expect(happened).toMatchObject(
      !isPlaced ? { state: 'unplaced', way } : { state: 'rewound', loss: { ...way, lastMessages } },
    );
    const { returningEvents, newerEvents } = await diffSnapshot(folder, id);
    expect(returningEvents).toMatchObject([loss]);
    expect(newerEvents).toMatchObject([{ ...orchard, events: 1, rewindRecords: 1, rewoundAt: REWIND.at }]);

    const conversation = await openConversation(folder, id, null);
    const chat = conversation.overview.chats.find((one) => one.chat === 'b');
    const page = conversation.page(chat?.no ?? -1, { from: 0, limit: 100, longest: 100 });
    await conversation.close();
    expect(chat).toMatchObject({ name: 'Orchard', kept: 1, lost: 3 });
    expect(
      page
        .filter(({ text }) => text !== null)
        .map(({ text, state, speaker, ts }) => [text, state, speaker, ts]),
    ).toEqual(MESSAGES.slice(8).map(({ text, n, who, at }) => [text, n > 9 ? 'lost' : 'kept', who, at]));

    const { density, rewinds } = await readTimeline(folder);
    expect(density.at(0)).toMatchObject({ from: Date.parse(MESSAGES[0]?.at ?? ''), events: 1 });
    expect(density.at(-1)?.to).toBe(Date.parse(REWIND.at));
    expect(density.reduce((sum, { events }) => sum + events, 0)).toBeLessThanOrEqual(13);
    const isNumbered = isPlaced || form.refused?.numbered === true;
    expect(rewinds).toMatchObject(isNumbered ? [{ ...orchard, at: Date.parse(REWIND.at) }] : []);

    const { hits } = await searchSnapshots(folder, { phrase: LOST[1] ?? '', kind: null, words: false });
    const event = { ...orchard, speaker: 'Tomas', ts: MESSAGES[10]?.at, kind: 'said' };
    const isMarked = form.marks === true;
    expect(hits).toMatchObject([
      { table: form.saidIn ?? TABLE, in: [id], live: isMarked, hiddenNow: isMarked, event },
    ]);

    const to = join(await makeDir(root()), 'out.json');
    await exportSnapshot(folder, id, { format: 'json', table: null, to });
    expect(await readFile(to, 'utf8')).toContain(LOST[2]);
  });

  test('one chat is restored into a new file, and nothing else', async () => {
    const { folder, id } = await makeRewound(form);
    const then = tablesOf(folder, folder.databaseFile);
    const request = { ...defaultRestoreOptions, snapshotId: id };
    const chat = join(await makeDir(root()), 'chat.db');
    await restoreToCopy(
      folder,
      { ...request, selection: { by: 'chat', chat: 'b', withGuessed: false }, to: chat },
      NOW,
    );
    expect(saidIn(form, chat)).toEqual(MESSAGES.map(({ n }) => n));
    expect(tablesOf(folder, folder.databaseFile)).toEqual(then);
  });

  test('all of it is restored in place and undone, or refused in words', async () => {
    const { folder, id } = await makeRewound(form);
    const since = tablesOf(folder, folder.databaseFile);
    const plan = await planRestore(folder, restoring(id));
    if (form.refused !== undefined) {
      expect(plan.refusals.map(({ code }) => code)).toEqual([form.refused.code]);
      return;
    }
    expect(plan.refusals).toEqual([]);
    await applyRestore(folder, restoring(id), { ...NOW, planId: plan.planId });
    expect(saidIn(form, folder.databaseFile)).toEqual(MESSAGES.map(({ n }) => n));
    expect(await readHappened(folder)).toMatchObject({ state: 'undone' });
    const undo = await planUndo(folder, {});
    await applyUndo(folder, {}, { ...NOW, planId: undo.planId });
    expect(tablesOf(folder, folder.databaseFile)).toEqual(since);
  });
});

describe.each(logForms.filter(({ refused }) => refused === undefined))('with $name', (form) => {
  test('what was written since stays, without the record of the rewind', async () => {
    const { folder, id } = await makeRewound(form);
    asHost(folder, (db) => db.exec(form.append(message(14, 'a'))));
    const request = restoring(id, { keepNewer: true });
    expect(await planRestore(folder, request)).toMatchObject({
      refusals: [],
      replay: { events: [{ chat: 'a', events: 1 }] },
    });
    await applyRestore(folder, request, NOW);
    expect(saidIn(form, folder.databaseFile)).toEqual([...MESSAGES.map(({ n }) => n), 14]);
  });
});

describe.each(logForms.filter(({ saidIn }) => saidIn !== undefined))('with $name', (form) => {
  test('an event whose row there is missing stays, and nothing is known of it', async () => {
    const { folder, id } = await makeRewound(form);
    asHost(folder, (db) => db.exec(`DELETE FROM ${form.saidIn} WHERE event_id = 13`));
    const { returningEvents, newerEvents } = await diffSnapshot(folder, id);
    expect(returningEvents).toMatchObject([{ chat: 'b', events: 3 }]);
    expect(newerEvents).toMatchObject([
      { chat: null, events: 1, first: { id: 13n, kind: null, text: null } },
    ]);
    const conversation = await openConversation(folder, id, null);
    const unknown = conversation.overview.chats.find((one) => one.chat === null);
    const [event] = conversation.page(unknown?.no ?? -1, { from: 0, limit: 9, longest: 100 });
    await conversation.close();
    expect(event).toMatchObject({ event: 13n, kind: null, text: null, state: 'newer' });
  });

  test('one message comes with what it holds, and no newer event is kept without', async () => {
    const { folder, id } = await makeRewound(form);
    const to = join(await makeDir(root()), 'one.db');
    asHost(folder, (db) => db.exec(form.append(message(14, 'a'))));
    const request = { ...defaultRestoreOptions, snapshotId: id, to };
    const selection = { by: 'rows', rows: [{ table: TABLE, key: [11n] }], related: 'none' } as const;
    await restoreToCopy(folder, { ...request, selection }, NOW);
    expect(saidIn(form, to)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14]);
    const { refusals } = await planRestore(folder, restoring(id, { keepNewer: true }));
    expect(refusals.map(({ code }) => code)).toEqual([
      ...['newer-not-kept', 'other-timeline', 'event-ids-unsupported'],
    ]);
    expect(refusals[0]?.message).toContain('in another table than the log');
    expect(refusals[2]?.message).toContain('is in “bodies”, where');
  });
});

describe.each(logForms.filter(({ marks }) => marks))('with $name', (form) => {
  test('newer messages that the rewind marked are not kept without it', async () => {
    const { folder, id } = await makeRewound(form);
    asHost(folder, (db) =>
      db.exec(`DELETE FROM ${TABLE} WHERE id = 13; ${form.append(message(13, 'b'))} ${form.append({ ...REWIND, n: 14 })}
        ${form.takeBack?.replace('10 AND 12', '10 AND 13')}`),
    );
    const { refusals } = await planRestore(folder, restoring(id, { keepNewer: true }));
    expect(refusals).toMatchObject([{ code: 'newer-not-kept', detail: { why: 'newer-taken' } }]);
  });

  test('where no rewind is recorded, what is only marked is told as such', async () => {
    const { folder } = await makeRewound(form);
    asHost(folder, (db) => db.exec(`DELETE FROM ${TABLE} WHERE id = 13`));
    expect(await readHappened(folder)).toMatchObject({
      state: 'staged',
      loss: { returningEvents: [{ chat: 'b', events: 3 }] },
    });
  });
});
