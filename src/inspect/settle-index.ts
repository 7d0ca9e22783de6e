import type { TaskOptions } from '../model/task.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { createYielder } from '../system/yielder.ts';

/** The states of messages, as the index stores them. */
export const STATES = ['kept', 'lost', 'newer'] as const;

/** How many messages beside a difference are shown of a long run that is kept. */
const BESIDE = 3;
/** How many are shown of a chat that has no difference. */
const NEWEST = 20;
/** A fold is worth its line only if it stands for so many messages. */
const LEAST_FOLDED = 4;

const VISIBLE_SOMEWHERE = '(was = 2 OR now = 2)';

/** What was found out on the way. `lostByRecord`: only the record of a rewind says that some events no longer count. */
export type Settled = { readonly lostByRecord: boolean };

/** Gives each message its place in its chat, and finds the runs. The index is complete afterwards. @throws `cancelled`, `disk-full` */
export async function settleIndex(db: WriteDatabase, task: TaskOptions): Promise<Settled> {
  const yielder = createYielder(task);
  const has = (sql: string) => db.prepare<[], unknown>(`SELECT EXISTS (${sql})`).pluck().get() === 1;
  const hasRewinds = has('SELECT 1 FROM rewind WHERE target IS NOT NULL');
  const hasNotes = has('SELECT 1 FROM event WHERE belongs IS NOT NULL');
  if (hasRewinds || hasNotes || has('SELECT 1 FROM tied')) db.exec('CREATE INDEX event_id ON event (id)');
  await yielder.step();
  const lostByRecord = hasRewinds && hideWhatRecordsTook(db);
  await yielder.step();
  if (hasNotes) attachNotes(db);
  const chats = db.prepare<[], number>('SELECT no FROM chat ORDER BY no').pluck().all();
  const place = db.prepare<[number]>(
    `INSERT INTO message SELECT chat, row_number() OVER (ORDER BY n) - 1, n, id,
       CASE WHEN was = 2 AND now = 2 THEN 0 WHEN was = 2 THEN 1 ELSE 2 END, source, is_newer, speaks, by
       FROM event e WHERE chat = ? AND ${VISIBLE_SOMEWHERE}
         ${hasNotes ? 'AND NOT EXISTS (SELECT 1 FROM temp.attached a WHERE a.n = e.n)' : ''}`,
  );
  const findRuns = createRunFinder(db);
  for (const chat of chats) {
    place.run(chat);
    await findRuns(chat, () => yielder.step());
  }
  db.exec('COMMIT');
  return { lostByRecord };
}

/**
 * Some hosts only record a rewind: its events stay in the log as they were, and the record says from where on they no
 * longer count. A host whose rewinds flag events, or delete them, leaves nothing of that kind behind: where any event in
 * the span of any record is flagged, flags are what counts, and records only say when. A host that has undone its only
 * rewind by itself looks the same. True if some events can be read in the snapshot and not now because of that.
 */
function hideWhatRecordsTook(db: WriteDatabase): boolean {
  const inSpan = `c.chat IS r.chat AND e.id > r.target AND e.id < r.id AND typeof(e.id) = 'integer'`;
  const spans = 'rewind r CROSS JOIN event e INDEXED BY event_id CROSS JOIN chat c ON c.no = e.chat';
  const flagged = db
    .prepare<[], unknown>(
      `SELECT EXISTS (SELECT 1 FROM ${spans} WHERE r.target IS NOT NULL AND ${inSpan} AND (e.was = 1 OR e.now = 1))`,
    )
    .pluck()
    .get();
  if (flagged === 1) return false;
  for (const log of ['was', 'now'])
    db.exec(
      `UPDATE event SET ${log} = 1 WHERE ${log} = 2 AND (chat, n) IN (
         SELECT e.chat, e.n FROM ${spans} WHERE r.target IS NOT NULL AND r.${log} = 2 AND ${inSpan})`,
    );
  const lost = db
    .prepare<[], unknown>('SELECT EXISTS (SELECT 1 FROM event WHERE was = 2 AND now = 1)')
    .pluck();
  return lost.get() === 1;
}

/** Puts each event that names the event of a message beside that message. A note can't be read without its message. */
function attachNotes(db: WriteDatabase): void {
  const together = '((m.was = 2 AND e.was = 2) OR (m.now = 2 AND e.now = 2))';
  db.exec(`
    INSERT INTO note SELECT chat, message, n FROM (
      SELECT e.chat AS chat, e.n AS n, (
        SELECT m.n FROM event m INDEXED BY event_id WHERE m.id = e.belongs AND m.chat = e.chat AND m.speaks AND ${together}
          ORDER BY (m.was = e.was) + (m.now = e.now) DESC, m.n LIMIT 1) AS message
      FROM event e WHERE e.belongs IS NOT NULL AND NOT e.speaks AND ${VISIBLE_SOMEWHERE})
      WHERE message IS NOT NULL;
    CREATE TEMP TABLE attached (n INTEGER PRIMARY KEY);
    INSERT INTO temp.attached SELECT n FROM note`);
}

type Line = {
  readonly place: number;
  readonly state: number;
  readonly speaks: number;
  readonly id: unknown;
  readonly by: unknown;
};
type Run = {
  first: number;
  length: number;
  state: number;
  messages: number;
  rewind: number | null;
  /** The places of the first and of the last few messages. */
  readonly head: number[];
  readonly tail: number[];
};
type Rewind = { readonly no: number; readonly id: bigint | null; readonly target: bigint | null };

function createRunFinder(db: WriteDatabase) {
  const lines = db.prepare<[number, number], Line>(
    `SELECT place, state, speaks, id, by FROM message WHERE chat = ? AND place >= ? ORDER BY place LIMIT 500`,
  );
  const findRewinds = db
    .prepare<[number], Rewind>(
      `SELECT r.no, r.id, r.target FROM rewind r JOIN chat c ON c.chat IS r.chat
         WHERE c.no = ? AND r.was = 0 AND r.now = 2 AND typeof(r.id) = 'integer' ORDER BY r.id`,
    )
    .safeIntegers();
  const insert = db.prepare<unknown[]>('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  lines.safeIntegers();

  return async (chat: number, step: () => Promise<void>): Promise<void> => {
    const rewinds = findRewinds.all(chat);
    let run: Run | null = null;
    const write = (isLast: boolean) => {
      if (run === null) return;
      const { first, length, state, messages, rewind } = run;
      const fold = foldOf(run, { isFirst: first === 0, isLast });
      insert.run(chat, first, length, state, messages, rewind, ...fold);
    };
    for (let from = 0; ; ) {
      const batch = lines.all(chat, from);
      for (const line of batch) {
        const [place, state] = [Number(line.place), Number(line.state)];
        const rewind = STATES[state] === 'lost' ? causeOf(line, rewinds) : null;
        if (run === null || run.state !== state || run.rewind !== rewind) {
          write(false);
          run = { first: place, length: 0, state, messages: 0, rewind, head: [], tail: [] };
        }
        run.length += 1;
        if (Number(line.speaks) === 1) countMessage(run, place);
        from = place + 1;
      }
      await step();
      if (batch.length === 0) break;
    }
    write(true);
  };
}

function countMessage(run: Run, place: number): void {
  run.messages += 1;
  if (run.head.length < BESIDE) run.head.push(place);
  run.tail.push(place);
  if (run.tail.length > NEWEST) run.tail.shift();
}

/** The rewind that took a lost event: the one that supersedes it, or the first in whose span it is. */
function causeOf({ id, by }: Line, rewinds: readonly Rewind[]): number | null {
  const superseding = by === null ? undefined : rewinds.find((one) => one.id === by);
  const cause =
    superseding ??
    rewinds.find(
      ({ id: record, target }) =>
        typeof id === 'bigint' && record !== null && target !== null && id > target && id < record,
    );
  return cause === undefined ? null : Number(cause.no);
}

type Place = { readonly isFirst: boolean; readonly isLast: boolean };

/** The part of a kept run that need not be shown. Of a chat without differences, its newest messages are. */
function foldOf(run: Run, { isFirst, isLast }: Place): readonly (number | null)[] {
  const none = [null, null, null];
  if (STATES[run.state] !== 'kept') return none;
  const before = isFirst ? 0 : BESIDE;
  const after = isLast ? (isFirst ? NEWEST : 0) : BESIDE;
  const shown = before + after;
  const messages = run.messages - shown;
  if (messages < LEAST_FOLDED) return none;
  const first = isFirst ? run.first : (run.head.at(-1) ?? run.first) + 1;
  const end = after === 0 ? run.first + run.length : (run.tail.at(-after) ?? run.first);
  return [first, end - first, messages];
}
