import { hash } from 'node:crypto';
import * as v from 'valibot';
import type { SchemaDrift } from '../model/diff.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { parseAbout } from '../snapshot-file/parse-notes.ts';
import { foldName } from '../sqlite/names.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { StagedContents, StagedFacts } from './staged-table.ts';

/** What the record of a kept stage says: which file it belongs to, and what is known of the stage besides its rows. */
export type StageRecord = {
  readonly file: KeptFile;
  readonly facts: StagedFacts;
  readonly contents: StagedContents;
};

/** A stage's file: its name in the folder, and what tells whether it is as it was. */
export type KeptFile = {
  readonly name: string;
  readonly sizeBytes: number;
  /** In nanoseconds. A change of the contents changes both, unless somebody forges them. */
  readonly mtime: string;
  readonly ctime: string;
  readonly sha256: string;
  /**
   * Identifies the start of the system after which the file was written or hashed. A stage is not flushed to the disk,
   * so a power failure may damage it.
   */
  readonly boot: string | null;
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const bigint = v.pipe(v.string(), v.regex(/^-?\d{1,19}$/), v.toBigint());
const total = v.object({
  sum: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  rows: count,
}) satisfies v.GenericSchema<unknown, RowTotal>;
const keptFile = v.object({
  name: v.pipe(v.string(), v.regex(/^\d+-[0-9a-f]{32}-[0-9a-f]{8}\.db$/)),
  sizeBytes: count,
  mtime: v.string(),
  ctime: v.string(),
  sha256: v.string(),
  boot: v.nullable(v.string()),
}) satisfies v.GenericSchema<unknown, KeptFile>;

const place = { table: v.string(), column: v.nullable(v.string()), loses: count };
const drift = v.variant('kind', [
  v.object({ kind: v.literal('user-version-changed'), ...place, was: v.number(), now: v.number() }),
  v.object({
    kind: v.picklist([
      'table-missing-live',
      'table-unknown',
      'column-missing-live',
      'column-missing-in-snapshot',
      'column-computed',
      'schema-changed',
      'value-converted',
      'text-not-unicode',
    ]),
    ...place,
  }),
]) satisfies v.GenericSchema<unknown, SchemaDrift>;
const about = v.pipe(
  v.nullable(v.unknown()),
  v.rawTransform<unknown, SnapshotAbout | null>(({ dataset, addIssue, NEVER }) => {
    if (dataset.value === null) return null;
    const parsed = parseAbout(dataset.value);
    if (parsed !== null) return parsed;
    addIssue({ message: 'These are not notes of ours.' });
    return NEVER;
  }),
);

const recordText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    file: keptFile,
    facts: v.object({
      tables: v.array(
        v.object({
          live: v.string(),
          name: v.string(),
          role: v.picklist(['log', 'projected']),
          columns: v.array(v.string()),
          rowid: v.picklist(['key', 'place']),
          rows: count,
          emptyOrAbsent: v.boolean(),
          // What depends on the live database is not kept.
          readByEvidence: v.literal(false),
        }),
      ),
      drift: v.array(drift),
      unreadable: v.array(v.object({ table: v.string(), rows: count })),
      sha256: v.string(),
      about,
      lastEventId: v.nullable(bigint),
      hasLog: v.boolean(),
      hostFindsAll: v.boolean(),
    }),
    totals: v.array(v.tuple([v.string(), total])),
  }),
);

/** The record as text. It begins with a hash of the rest, so that damage to it is found. */
export function writeRecord({ file, facts, contents }: StageRecord): string {
  const tables = facts.tables.map(({ live, ...table }) => ({ ...table, live: live.name }));
  const record = { file, facts: { ...facts, tables }, totals: [...contents.totals] };
  const text = JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  return `${hash('sha256', text)}\n${text}`;
}

/** Reads a record for the schema that the stage was laid out for. Null where it is damaged or of another form. */
export function readRecord(text: string, schema: Schema): StageRecord | null {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (hash('sha256', body) !== text.slice(0, Math.max(0, end))) return null;
  const { success, output } = v.safeParse(recordText, body);
  if (!success) return null;
  const tables = output.facts.tables.flatMap(({ live: name, ...table }) => {
    const live = schema.tables.get(foldName(name));
    return live === undefined ? [] : [{ ...table, live }];
  });
  if (tables.length < output.facts.tables.length) return null;
  const { file, facts, totals } = output;
  return { file, facts: { ...facts, tables }, contents: { totals: new Map(totals) } };
}
