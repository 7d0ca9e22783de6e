import type { AnyDatabase } from './database.ts';
import { nameList, quoteName } from './names.ts';
import { explainNeed } from './needs-host.ts';
import type { SqlValue } from './row-hash.ts';
import type { Schema } from './schema.ts';

export type RowSource = {
  readonly schemaName: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** What follows the table's name: an ORDER BY clause where one can make two scans meet the rows in the same order. No LIMIT: the slower scan has its own. */
  readonly order: string;
  readonly encoding: Schema['encoding'];
};

const REPLACEMENT = '\uFFFD';
const DECODER_LABEL = { 'UTF-8': 'utf-8', 'UTF-16le': 'utf-16le', 'UTF-16be': 'utf-16be' } as const;

/**
 * Reads rows exactly: 64-bit integers as bigint, and TEXT that is not valid in the database's encoding as its bytes.
 * better-sqlite3 silently turns such text into U+FFFD, so at the first U+FFFD the reading continues with a slower scan
 * that fetches text as bytes. The caller holds a read transaction and writes nothing while it iterates.
 * @throws `schema-needs-host` where reading them needs something of the host
 */
export function* readRows(db: AnyDatabase, source: RowSource): Generator<readonly SqlValue[]> {
  try {
    yield* read(db, source);
  } catch (error) {
    throw explainNeed(error, source.table);
  }
}

function* read(db: AnyDatabase, source: RowSource): Generator<readonly SqlValue[]> {
  const from = `FROM ${quoteName(source.schemaName)}.${quoteName(source.table)} ${source.order}`;
  // SQLite silently joins half a UTF-16 pair to what follows it, so UTF-16 text is always fetched as bytes. And without
  // an ORDER BY, the second scan could have another order than the first.
  const isRepeatable = source.order.includes('ORDER BY');
  if (source.encoding !== 'UTF-8' || !isRepeatable) return yield* readTextAsBytes(db, source, from, 0);
  const scan = db
    .prepare<[], SqlValue[]>(`SELECT ${nameList(source.columns)} ${from}`)
    .raw()
    .safeIntegers();
  let plain = 0;
  let suspicious = false;
  for (const row of scan.iterate()) {
    suspicious = row.some((value) => typeof value === 'string' && value.includes(REPLACEMENT));
    if (suspicious) break;
    yield row;
    plain += 1;
  }
  if (suspicious) yield* readTextAsBytes(db, source, from, plain);
}

function* readTextAsBytes(
  db: AnyDatabase,
  source: RowSource,
  from: string,
  skip: number,
): Generator<readonly SqlValue[]> {
  const decoder = new TextDecoder(DECODER_LABEL[source.encoding], { fatal: true, ignoreBOM: true });
  const fetched = source.columns
    .map(quoteName)
    .flatMap((name) => [
      `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`,
      `typeof(${name}) = 'text'`,
    ]);
  const scan = db.prepare<[number], SqlValue[]>(`SELECT ${fetched.join(', ')} ${from} LIMIT -1 OFFSET ?`);
  for (const row of scan.raw().safeIntegers().iterate(skip)) {
    yield source.columns.map((_, index) => {
      const value = row[index * 2] ?? null;
      return row[index * 2 + 1] === 1n && value instanceof Uint8Array ? decodeText(decoder, value) : value;
    });
  }
}

function decodeText(decoder: { decode: (bytes: Uint8Array) => string }, bytes: Uint8Array): SqlValue {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { rawText: bytes };
    throw error;
  }
}
