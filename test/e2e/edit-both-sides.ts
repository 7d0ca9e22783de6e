import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { writeMessage } from './judge.ts';

/** Rewinds a chat of the demo by its last messages; after that, both sides have other memories, and flag one message. */
export async function rewindAndEdit(
  dir: string,
): Promise<{ readonly base: string; readonly message: number }> {
  const folder = await openDataFolder(dir);
  const memories =
    "UPDATE memories SET text = 'WORD ' || id WHERE id IN (SELECT id FROM memories ORDER BY id LIMIT 7);";
  const lost =
    "SELECT id FROM event_log WHERE payload_json LIKE '%harbour%' AND hidden = 0 AND kind <> 'rewind' ORDER BY id DESC";
  await takeSnapshot(folder, 'rewind');
  const [message = 0, target = 0] = read(dir, `${lost} LIMIT 3`).toSpliced(1, 1);
  run(
    dir,
    `INSERT INTO event_log (ts, kind, payload_json) VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'rewind',
        json_object('chat_id', 'harbour', 'to_event_id', ${target}));
      UPDATE event_log SET hidden = 1, superseded_by = (SELECT max(id) FROM event_log)
        WHERE id > ${target} AND kind <> 'rewind' AND payload_json LIKE '%harbour%' AND hidden = 0;
      ${memories.replace('WORD', 'rewound')}`,
  );
  const { id: base } = await takeSnapshot(folder, 'periodic');
  run(dir, memories.replace('WORD', 'edited'));
  await takeSnapshot(folder, 'periodic');
  writeMessage(dir, 'Written since.');
  run(dir, `UPDATE event_log SET superseded_by = (SELECT max(id) FROM event_log) WHERE id = ${message}`);
  return { base, message };
}

/** Makes the snapshot of just after the rewind one that can't be read. */
export function spoilSnapshot(dir: string, id: string): void {
  const file = join(dir, 'snapshots', `${id}.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"rewound ', '"rew0und '));
}

function read(dir: string, sql: string): readonly number[] {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  const ids = db
    .prepare(sql)
    .all()
    .map(({ id }) => Number(id));
  db.close();
  return ids;
}

function run(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(sql);
  db.close();
}
