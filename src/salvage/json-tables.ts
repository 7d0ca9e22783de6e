import { createHash } from 'node:crypto';
import type { Profile } from '../host/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import { readAt, type SnapshotBytes } from '../snapshot-file/bytes.ts';
import { isHashed } from '../snapshot-file/notes.ts';
import { mentionsNotes, type OwnNotes } from '../snapshot-file/own-notes.ts';
import type { Segment } from '../snapshot-file/row-list.ts';
import { surveySnapshot } from '../snapshot-file/survey.ts';
import type { SurveyedTable } from '../snapshot-file/surveyed.ts';
import { createListDigest } from '../snapshot-file/table-text.ts';
import { foldName } from '../sqlite/names.ts';
import { createYielder, type Yielder } from '../system/yielder.ts';
import { indexExact, readExact } from './exact-index.ts';
import type { Found, FoundTable, TableOut } from './found-table.ts';

const PIECE_BYTES = 256 << 10;

type Source = {
  readonly file: SnapshotBytes;
  readonly notes: OwnNotes | null;
  readonly lostNotes: boolean;
  readonly places: ReadonlyMap<string, number>;
  readonly yielder: Yielder;
};

/** What a damaged JSON snapshot still holds. @throws as `surveySnapshot` */
export async function findJsonTables(
  file: SnapshotBytes,
  profile: Profile,
  task: TaskOptions,
): Promise<Found> {
  const { log, tables } = profile;
  const { id, ts, kind, payload } = log.columns;
  const expected = { order: [log.table, ...tables], logColumns: [id, ts, kind, payload] };
  const survey = await surveySnapshot(file, expected, task);
  const { notes, damage } = survey;
  const places = notes === null ? new Map<string, number>() : await indexExact(file, notes);
  // Then Snapback wrote it, and what proves its tables is lost.
  const lostNotes = notes === null && (await mentionsNotes(file));
  const source = { file, notes, lostNotes, places, yielder: createYielder(task) };
  const found: FoundTable[] = [];
  let exact = notes !== null;
  for (const name of expected.order) {
    const table = survey.tables.get(foldName(name));
    const one = table === undefined ? null : await judge(source, table);
    if (one === null) found.push(missing(name));
    else {
      exact &&= one.exact;
      found.push(one.table);
    }
  }
  const saved = survey.tables.get(foldName(log.table));
  const isById = saved?.columns?.[0] !== undefined && foldName(saved.columns[0]) === foldName(id);
  const last = isById && typeof saved?.last === 'bigint' ? saved.last : null;
  return {
    why: damage?.message ?? 'Some of its contents are not what was written.',
    tables: found,
    lastEventId: last ?? survey.lastEventId ?? 0n,
    userVersion: notes?.about.userVersion ?? 0,
    encoding: notes?.about.encoding ?? 'UTF-8',
    schemaHash: notes?.about.schemaHash ?? '',
    exact,
    zeroBytes: survey.zeroBytes,
  };
}

function missing(name: string): FoundTable {
  return { name, state: 'missing', rows: 0, gaps: [], columns: [], write: async () => undefined };
}

/** Null where nothing of the table can be saved. `exact`: whether all its exact values are there. */
async function judge(source: Source, table: SurveyedTable) {
  const { file, notes, places } = source;
  const noted = notes?.about.tables.find(({ name }) => name === table.name);
  const place = places.get(table.name) ?? null;
  const hasExact =
    place !== null || (noted !== undefined && 'exactSha256' in noted && noted.exactSha256 !== null);
  // Exact values name their rows by place.
  const isKnown = table.segments.every(({ firstOrdinal }) => firstOrdinal !== null);
  const segments = isKnown || !hasExact ? table.segments : table.segments.slice(0, 1);
  const isClosed = table.closed && segments.length === table.segments.length;
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (rows === 0 && !isClosed) return null;
  const isWhole = isClosed && table.gaps.length === 0;
  const proven =
    noted === undefined ? !source.lostNotes : isWhole && (await isProven(source, table, noted, rows));
  const exact = !hasExact || (place !== null && (proven || !isWhole));
  const state = !isClosed ? 'cut' : table.gaps.length > 0 ? 'gaps' : proven ? 'whole' : 'unproven';
  const found: FoundTable = {
    ...{ name: table.name, columns: table.columns ?? [], rows, state },
    gaps: table.gaps.slice(0, Math.max(0, segments.length - (segments[0]?.firstOrdinal === 0 ? 1 : 0))),
    async write(out) {
      for (const segment of segments) {
        await out.begin(segment.rows);
        await copyBytes(source, segment, out.text);
      }
      if (place === null || !exact) return;
      for await (const entry of readExact(file, place)) {
        let before = 0;
        for (const { firstOrdinal, rows: count } of segments) {
          const at = entry.ordinal - (firstOrdinal ?? 0);
          if (at >= 0 && at < count) await out.exact(entry.at(before + at));
          before += count;
        }
      }
    },
  };
  return { table: found, exact };
}

type Noted = OwnNotes['about']['tables'][number];

/** Whether a list that was read to its end is, byte for byte, what was written, and its exact values as well. */
async function isProven(source: Source, table: SurveyedTable, noted: Noted, rows: number): Promise<boolean> {
  if (isHashed(noted) || !('sha256' in noted) || table.list === null || rows !== noted.rows) return false;
  const digest = createHash('sha256');
  await copyBytes(source, table.list, async (piece) => void digest.update(piece));
  if (digest.digest('hex') !== noted.sha256) return false;
  const exact = createListDigest();
  const place = source.places.get(table.name);
  if (place !== undefined)
    for await (const entry of readExact(source.file, place)) exact.add(entry.at(entry.ordinal));
  return exact.finish() === noted.exactSha256;
}

async function copyBytes(
  { file, yielder }: Source,
  { from, to }: Pick<Segment, 'from' | 'to'>,
  see: (piece: Buffer) => ReturnType<TableOut['text']>,
): Promise<void> {
  for (let at = from; at < to; ) {
    const piece = await readAt(file, at, Math.min(PIECE_BYTES, to - at));
    if (piece.length === 0) return;
    await see(piece);
    at += piece.length;
    await yielder.step();
  }
}
