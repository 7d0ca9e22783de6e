import type { Profile } from '../host/profile.ts';
import type { SchemaDrift } from '../model/diff.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { foldName } from '../sqlite/names.ts';
import type { RowTotal } from '../sqlite/row-hash.ts';
import type { Table } from '../sqlite/table.ts';
import { STAGE_SCHEMA, stageColumn } from './layout.ts';

/** A snapshot's table, laid out in a private database with the live table's columns, affinities and collations. */
export type StagedTable = {
  readonly live: Table;
  /** Its name in the stage; `c0`… are `columns`. A row is found by its rowid. */
  readonly name: string;
  readonly role: 'log' | 'projected';
  /** Columns that snapshot and live table share, by their live names. */
  readonly columns: readonly string[];
  /** Where `columns` are in the stage, if not in this order: only some columns of the stage are asked for. */
  readonly places?: readonly number[];
  /** Where the stage is attached, if not as the one that is restored. */
  readonly schemaName?: string;
  /**
   * What a row's rowid is: its key, where the live table has an INTEGER PRIMARY KEY that the file has too and all keys are
   * distinct integers; else its place in the file.
   */
  readonly rowid: 'key' | 'place';
  readonly rows: number;
  /** The file does not tell whether some values are bytes or text. So what the stage holds depends on the live database too. */
  readonly readByEvidence: boolean;
  /** An empty list in a file that does not show whether the table existed. */
  readonly emptyOrAbsent: boolean;
  /** Of the log: the tables of the stage in which the profile says that a part of its events is. */
  readonly second?: readonly StagedTable[];
};

/** Gives the log the tables in which a part of its events is. */
export function withSecondTables(tables: readonly StagedTable[], { log }: Profile): readonly StagedTable[] {
  const named = log.joined.map(({ table }) => foldName(table));
  const second = tables.filter(({ live }) => named.includes(foldName(live.name)));
  return second.length === 0 ? tables : tables.map((one) => (one.role === 'log' ? { ...one, second } : one));
}

/** The stage's name for one of `columns`, by its index. */
export function columnInStage({ places }: StagedTable, index: number): string {
  return stageColumn(places?.[index] ?? index);
}

/** The attached table, with the name of its schema. */
export function tableInStage({ schemaName = STAGE_SCHEMA, name }: StagedTable): string {
  return `${schemaName}.${name}`;
}

/** What is known of a snapshot besides its rows, once it is laid out for a schema. */
export type StagedFacts = {
  readonly tables: readonly StagedTable[];
  readonly drift: readonly SchemaDrift[];
  /** Tables of the profile that the file holds, and that the database has but can't be read here. */
  readonly unreadable: readonly { readonly table: string; readonly rows: number }[];
  readonly sha256: string;
  readonly about: SnapshotAbout | null;
  readonly lastEventId: bigint | null;
  readonly hasLog: boolean;
  /** Whether the host finds in the file what we find: it knows no other spelling of a table's name, and reads every value. */
  readonly hostFindsAll: boolean;
};

/** What was computed from a stage's rows so far. */
export type StagedContents = {
  /** The total of each table's row hashes, by the name of the staged table. */
  readonly totals: Map<string, RowTotal>;
};
