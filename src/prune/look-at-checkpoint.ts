import { type ComparedLog, comparedLogs } from '../catalog/compared-logs.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { fingerprintEvent } from '../log/chain.ts';
import { type LiveLog, withLiveLog } from '../log/live-log.ts';
import { orNull, SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { readSnapshotEnds, type SnapshotEnds } from '../snapshot-file/ends.ts';
import { readFirstEvents } from '../snapshot-file/first-events.ts';
import { INCOMPLETE } from '../snapshot-file/foreign.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';

export type LastEvent = Pick<ComparedLog, 'lastId' | 'last'>;

/** A log that is not longer is compared as a whole each time: nobody would notice how long that takes. */
const SHORT_LOG_EVENTS = 5000;

/** What to count from. `caveat` says which of the checkpoint's events were compared with the log; empty: all of them. */
export type Counted = { readonly lastEventId: bigint; readonly caveat: string };

type Checkpoint = { readonly folder: DataFolder; readonly file: SnapshotFile };

/** What a checkpoint says about itself, or why it cannot be counted from. */
export async function lookAtCheckpoint(checkpoint: Checkpoint, live: LiveLog): Promise<Counted | string> {
  const { folder, file } = checkpoint;
  if (file.problem !== null) return file.problem;
  try {
    return await withSnapshotFile(folder, file.id, async (opened) => {
      const ends = await readSnapshotEnds(opened);
      const { lastEventId } = ends;
      if (ends.foreign !== null) return ends.foreign;
      if (!ends.complete) return INCOMPLETE;
      if (lastEventId === null) return 'It does not begin with the id of its last event.';
      const events = await readFirstEvents(opened, folder.profile.log.table, live.identity);
      const caveat = await compareWithLog(checkpoint, { ends, lastEventId, firstEvents: events }, live);
      return caveat === null
        ? 'It is of another timeline: its events are not those of the log.'
        : { lastEventId, caveat };
    });
  } catch (error) {
    if (!(error instanceof SnapbackError) || !error.code.startsWith('snapshot-')) throw error;
    return error.message;
  }
}

/**
 * Null for a checkpoint of another timeline, as far as its ends tell: by its first events, the id of its last one and, in
 * a file that Snapback wrote, the chain of all of them. That chain is made anew only for a short log, and for a longer one
 * until it was right once; from then on the last event is compared instead. A log that was cut since then, and is still
 * shorter than the checkpoint, is of the same timeline. Otherwise a sentence about what was compared; empty if all that
 * both have was.
 */
async function compareWithLog(
  { folder, file }: Checkpoint,
  {
    ends: { about },
    lastEventId,
    firstEvents,
  }: {
    readonly ends: SnapshotEnds;
    readonly lastEventId: bigint;
    readonly firstEvents: readonly (readonly SqlValue[])[];
  },
  live: LiveLog,
): Promise<string | null> {
  const newest = await live.lastId();
  let reached = 0n;
  const expected = new Map<bigint, string>();
  for (const event of firstEvents) {
    const [id] = event;
    if (typeof id !== 'bigint') break;
    reached = id;
    if (id > newest) break;
    const hash = fingerprintEvent(event);
    if ((expected.get(id) ?? hash) !== hash) return null;
    expected.set(id, hash);
  }
  const found = await live.fingerprints([...expected.keys()]);
  if ([...expected].some(([id, hash]) => found.get(id) !== hash)) return null;
  const compared = expected.size;
  const isCut = newest < lastEventId;
  const last = isCut ? null : await live.fingerprint(lastEventId);
  if (!isCut && lastEventId !== 0n && last === null) return null;
  if (about?.log != null && !isCut) {
    const { events, chain } = about.log;
    const earlier = (await comparedLogs.recall(folder)).get(file.key);
    const isKnown = earlier?.events === events && earlier.lastId === lastEventId && earlier.last === last;
    if (isKnown && events > SHORT_LOG_EVENTS && compared < events)
      return ` Compared with the log: now only ${named(compared, 'its last one', 'its last event')}, at an earlier look all of its events.`;
    const chains = await (about.format === 1 ? live.rowChains : live.chains)([events]);
    if (chains !== null) {
      if (chains.at.get(events) !== chain) return null;
      if (last !== null && events > SHORT_LOG_EVENTS)
        await comparedLogs.remember(folder, new Map([[file.key, { events, lastId: lastEventId, last }]]));
      return '';
    }
  }
  if (reached >= lastEventId || reached > newest) return '';
  const parts = isCut
    ? named(compared, null, 'none of its events')
    : named(compared, 'the id of its last one', 'the id of its last event');
  return ` Compared with the log: ${compared === 0 && isCut ? '' : 'only '}${parts}.`;
}

/** Names the first events and something after them, or `alone` where there are none. */
function named(first: number, after: string | null, alone: string): string {
  if (first === 0) return alone;
  return [`its first ${countEvents(first)}`, ...(after === null ? [] : [after])].join(' and ');
}

/** Names a number of events. */
export function countEvents(events: number): string {
  return events === 1 ? '1 event' : `${events} events`;
}

/** The log's last event; null where it has none. */
export async function readLastEvent(live: LiveLog): Promise<LastEvent | null> {
  const lastId = await live.lastId();
  const last = await live.fingerprint(lastId);
  return last === null ? null : { lastId, last };
}

/** The same; null also where the log cannot be read at once. */
export async function glanceAtLast(folder: DataFolder): Promise<LastEvent | null> {
  return withLiveLog(folder, 'glance', {}, readLastEvent).catch(orNull());
}

/**
 * Remembers that a checkpoint which was just taken has the events of the log, as long as its last one was the log's last
 * one before and is the same now.
 */
export async function rememberTaken(folder: DataFolder, id: SnapshotId, newest: LastEvent): Promise<void> {
  try {
    await withSnapshotFile(folder, id, async (file) => {
      const { about } = await readSnapshotEnds(file);
      const now = await withLiveLog(folder, 'glance', {}, (live) => live.fingerprint(newest.lastId));
      if (about?.lastEventId !== String(newest.lastId) || now !== newest.last) return;
      if (about.log !== null && about.log.events > SHORT_LOG_EVENTS)
        await comparedLogs.remember(folder, new Map([[file.key, { ...newest, events: about.log.events }]]));
    });
  } catch (error) {
    // The checkpoint is there all the same; only the next look at it takes longer.
    if (!(error instanceof SnapbackError)) throw error;
  }
}
