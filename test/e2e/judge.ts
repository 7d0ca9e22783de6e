import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/*
 * An independent judge: Node's own SQLite, none of Snapback's code. It says what a database holds and what a snapshot holds.
 */

export type Content = { readonly [table: string]: readonly string[] };

const FILE = 'chat.db';
const ENDING = /\.(?:json|db)$/;

/** Every row of every ordinary table, as text, in a fixed order. */
export function readDatabase(dir: string): Content {
  return readTables(join(dir, FILE));
}

function readTables(file: string): Content {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const names = db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT GLOB '*_fts*' ORDER BY name",
      )
      .all()
      .map(({ name }) => String(name));
    return Object.fromEntries(
      names.map((name) => [name, db.prepare(`SELECT * FROM "${name}"`).all().map(rowText).sort()]),
    );
  } finally {
    db.close();
  }
}

/** The tables of a snapshot file, in the same form. */
export function readSnapshotFile(dir: string, id: string): Content {
  const database = join(dir, 'snapshots', `${id}.db`);
  if (existsSync(database)) {
    const { snapback_about: _, ...tables } = readTables(database);
    return tables;
  }
  const dump = JSON.parse(readFileSync(join(dir, 'snapshots', `${id}.json`), 'utf8'));
  const tables = Object.entries<unknown>(dump).filter(
    ([name]) => !['last_event_id', '_snapback'].includes(name),
  );
  return Object.fromEntries(
    tables.map(([name, rows]) => [name, (rows as Record<string, unknown>[]).map(rowText).sort()]),
  );
}

function rowText(row: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** What SQLite itself says of the file: `ok` and no broken foreign key. */
export function checkDatabase(dir: string): { readonly integrity: string; readonly broken: number } {
  const db = new DatabaseSync(join(dir, FILE), { readOnly: true });
  try {
    return {
      integrity: String(db.prepare('PRAGMA integrity_check').get()?.integrity_check),
      broken: db.prepare('PRAGMA foreign_key_check').all().length,
    };
  } finally {
    db.close();
  }
}

/** How many snapshots the folder holds, of all kinds. */
export function countSnapshots(dir: string): number {
  return globSync('snapshots/*/*.{json,db}', { cwd: dir }).length;
}

/** Ids of the snapshots of a kind, newest first. */
export function listKind(dir: string, kind: string): readonly string[] {
  const folder = join(dir, 'snapshots', kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => ENDING.test(name))
    .sort()
    .reverse()
    .map((name) => `${kind}/${name.replace(ENDING, '')}`);
}

/** Commits one more message, as the chat app would. */
export function writeMessage(dir: string, text: string): void {
  const db = new DatabaseSync(join(dir, FILE));
  try {
    db.prepare(
      "INSERT INTO event_log (branch_id, ts, kind, payload_json, hidden) SELECT branch_id, ts, 'message', json_object('chat_id', 'harbour', 'speaker', 'Robin', 'text', ?), 0 FROM event_log ORDER BY id DESC LIMIT 1",
    ).run(text);
  } finally {
    db.close();
  }
}
