import type { Diff, GuessedBytes, SchemaDrift, TableDiff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';
import { countRows } from './tables.ts';

/** A remark that a reader of the comparison has to see. `warn`: something is lost or needs a decision. */
export type Note = { readonly key: string; readonly text: string; readonly tone: 'warn' | 'plain' };

export type Noted = Pick<Diff, 'tables' | 'schemaDrift' | 'guessedBlobs'>;

/** The remarks that the figures alone do not show: tables left alone, drift, guesses. */
export function notesOf(noted: Noted, rules: Rules): readonly Note[] {
  const inState = (state: string) => noted.tables.filter((table) => table.state === state);
  const absent = inState('not-in-snapshot').map((table) => table.name);
  return [
    ...inState('empty-then').map(
      (table): Note => ({
        key: `empty:${table.name}`,
        text: emptyThenWords(table, rules),
        tone: 'warn',
      }),
    ),
    ...inState('missing-live').map(
      (table): Note => ({
        key: `missing:${table.name}`,
        text: `${countRows(table.snapshotRows, table, rules)} can’t be restored: the database has no table ${table.name} today.`,
        tone: 'warn',
      }),
    ),
    ...inState('derived')
      .filter((table) => table.added + table.removed > 0)
      .map(
        (table): Note => ({
          key: `derived:${table.name}`,
          text: `${table.name} is made from other tables. It is not written itself but follows their changes.`,
          tone: 'plain',
        }),
      ),
    ...inState('unreadable').map(
      (table): Note => ({
        key: `unreadable:${table.name}`,
        text: `${table.name} can’t be read here, so a safety copy could not hold its data: a restore is not possible.`,
        tone: 'warn',
      }),
    ),
    ...(absent.length === 0
      ? []
      : [
          {
            key: 'absent',
            text: `Not in this snapshot, left alone: ${joinWords(absent)}.`,
            tone: 'plain',
          } as const,
        ]),
    ...noted.schemaDrift
      .filter((drift) => drift.kind !== 'table-missing-live')
      .map(
        (drift): Note => ({
          key: `drift:${drift.kind}:${drift.table}:${drift.column ?? ''}`,
          text: driftWords(drift),
          tone: drift.loses > 0 ? 'warn' : 'plain',
        }),
      ),
    ...noted.guessedBlobs.map(
      (guess): Note => ({
        key: `guess:${guess.table}:${guess.column}:${guess.takenAs}:${guess.because}`,
        text: guessWords(guess),
        tone: guess.because === 'nothing' ? 'warn' : 'plain',
      }),
    ),
  ];
}

/** A table that is empty in the snapshot but may not have existed at that time. */
export function emptyThenWords(table: TableDiff, rules: Rules): string {
  return `${table.name} was empty or did not exist yet. ${countRows(table.liveRows, table, rules)} ${choose(table.liveRows, 'stays', 'stay')} unless you choose otherwise.`;
}

/**
 * Values that may have been text or binary data, and how they are restored. The snapshot alone cannot tell which they
 * were.
 */
export function guessWords({ table, column, values, takenAs, because }: GuessedBytes): string {
  const look = choose(
    values,
    'looks like binary data written as text and is',
    'look like binary data written as text and are',
  );
  const taken = takenAs === 'bytes' ? 'as binary data' : 'as text';
  return `${count(values, 'value')} in ${table}.${column} ${look} restored ${taken}${GUESS_REASONS[because]}.`;
}

const GUESS_REASONS: { readonly [B in GuessedBytes['because']]: string } = {
  row: ', as in the same entry today',
  column: ', as others there today',
  type: ', as the column is declared',
  nothing: ', though there is no way to tell which it was',
};

/** One difference between the two schemas, and how many values are lost to it. */
export function driftWords(drift: SchemaDrift): string {
  const { table, column, loses } = drift;
  const place = column === null ? table : `${table}.${column}`;
  const lost = loses === 0 ? 'nothing is lost' : `${count(loses, 'value')} can’t be restored`;
  switch (drift.kind) {
    case 'table-missing-live':
      return `The database has no table ${place} today: ${loses === 0 ? 'nothing is lost' : `${count(loses, 'entry', 'entries')} can’t be restored`}.`;
    case 'table-unknown':
      return `The snapshot also holds ${place}, which is not one of the application’s tables: ${lost}.`;
    case 'column-missing-live':
      return `The database has no column ${place} today: ${lost}.`;
    case 'column-missing-in-snapshot':
      return `The snapshot is older than the column ${place}: entries that stay keep their value, entries that come back get the default.`;
    case 'column-computed':
      return `${place} is computed from other columns today and is recomputed.`;
    case 'schema-changed':
      return 'The database’s tables have changed since this snapshot. Today’s tables stay.';
    case 'user-version-changed':
      return `The chat app’s own version number for its data (user_version) was ${drift.was} then and is ${drift.now} now. It stays ${drift.now}, so the chat app treats what comes back as data of that version.`;
    case 'text-not-unicode':
      return `Text in ${place} is not valid Unicode: ${count(loses, 'value')} ${choose(loses, 'contains', 'contain')} half a character, which comes back as �.`;
    case 'value-converted':
      return `Today’s type of ${place} stores some values in another form: ${lost}.`;
  }
}
