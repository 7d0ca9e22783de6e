/**
 * Times what the core does with a data folder of about the given size against its peers, all in one run: `npm run bench
 * -- [MEGABYTES]`. The peers are the seed, if it and Python are installed, and `JSON.parse` of a whole file. Only the
 * ratios count, because absolute times depend on the machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { withReadView } from '../../src/host/private-copy.ts';
import {
  applyRestore,
  type DataFolder,
  defaultRestoreOptions,
  diffSnapshot,
  openDataFolder,
  planRestore,
  verifySnapshots,
} from '../../src/index.ts';
import { createDraft, discardDraft } from '../../src/snapshots/drafts.ts';
import { writeAndCheck } from '../../src/snapshots/take.ts';

const ID = 'rewind/20260101T000000Z';
const megabytes = Number(process.argv[2] ?? 20);
const seedFile =
  process.env.SNAPBACK_SEED ??
  fileURLToPath(new URL('../../../shared/seed/seed_reference.py', import.meta.url));

type Timing = { readonly seconds: number; readonly megabytes: number };

async function time(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return (performance.now() - began) / 1000;
}

function build(file: string): void {
  const db = new Database(file);
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT, superseded_by INTEGER, hidden INTEGER);
    CREATE TABLE memories (id INTEGER PRIMARY KEY, bot_id TEXT, text TEXT, weight REAL);
    CREATE VIRTUAL TABLE memories_fts USING fts5(text, content='memories', content_rowid='id');
    CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
    CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text); END;`);
  for (const name of [
    'bots',
    'you_entity',
    'edges',
    'chats',
    'chat_state',
    'containers',
    'scenes',
    'activity',
    'classifier_failures',
  ])
    db.exec(`CREATE TABLE ${name} (id TEXT PRIMARY KEY, name TEXT)`);
  const rows = Math.round(megabytes * 2620);
  db.prepare(
    `INSERT INTO event_log WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT i, 'main', printf('2026-01-01T%02d:%02d:00Z', i / 60 % 24, i % 60), 'message',
         json_object('chat_id', 'c' || i % 7, 'speaker', 'Zoë', 'text', printf('line %d of “many” words that somebody said', i)), NULL, 0 FROM n`,
  ).run(rows);
  db.prepare(
    `INSERT INTO memories WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT i, 'bot' || i % 5, printf('memory %d: the harbour was quiet and %x lights burned', i, i * 2654435761), i / 3.0 FROM n`,
  ).run(rows);
  db.close();
}

/** One percent of the rows change, some go and some come. */
function work(file: string): void {
  const db = new Database(file);
  db.exec(`UPDATE event_log SET hidden = 1 WHERE id % 100 = 0;
    DELETE FROM memories WHERE id % 200 = 0; INSERT INTO memories (text) SELECT 'new ' || id FROM event_log WHERE id % 300 = 0;`);
  db.close();
}

/** Seconds that a function of the seed takes inside Python; null where it can't be asked. */
function timeSeed(call: string, database: string, dir: string): number | null {
  if (!existsSync(seedFile)) return null;
  const program = `
import importlib.util, pathlib, sqlite3, sys, time
spec = importlib.util.spec_from_file_location('seed', sys.argv[1])
seed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(seed)
conn, dir = sqlite3.connect(sys.argv[2]), pathlib.Path(sys.argv[3])
began = time.perf_counter()
${call}
conn.commit()
print(time.perf_counter() - began)`;
  const { stdout, status } = spawnSync('python3', ['-c', program, seedFile, database, dir], {
    encoding: 'utf8',
  });
  return status === 0 ? Number(stdout) : null;
}

function report(name: string, ours: Timing, peer: string, seconds: number | null): void {
  const rate = `${(ours.megabytes / ours.seconds).toFixed(0)} MB/s`;
  const ratio =
    seconds === null
      ? `${peer}: not here`
      : `${(ours.seconds / seconds).toFixed(2)} × ${peer} (${seconds.toFixed(2)} s)`;
  console.log(`${name.padEnd(38)}${ours.seconds.toFixed(2).padStart(7)} s  ${rate.padStart(9)}   ${ratio}`);
}

async function takeAside(folder: DataFolder): Promise<void> {
  await withReadView(folder, {}, async ({ db }) => {
    const draft = await createDraft(folder, 'rewind');
    await writeAndCheck(db, draft, { profile: folder.profile, phase: 'build', restore: null }, {});
    const file = join(folder.dir, 'snapshots', `${ID}.json`);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(draft.path, file);
    await discardDraft(draft);
  });
}

const dir = await mkdtemp(join(tmpdir(), 'snapback-bench-'));
try {
  const database = join(dir, 'app.db');
  build(database);
  const folder = await openDataFolder(dir);
  const taking = await time(() => takeAside(folder));
  const snapshot = join(dir, 'snapshots', `${ID}.json`);
  const size = (await stat(snapshot)).size / 1e6;
  console.log(`Snapshot: ${size.toFixed(1)} MB. Seconds of Snapback, and how often its peer's they are.\n`);
  const seedDir = join(dir, 'seed');
  const take = timeSeed('seed.take_snapshot(conn, data_dir=dir)', database, seedDir);
  report('take, read back and checked', { seconds: taking, megabytes: size }, 'seed', take);
  const verifying = await time(() => verifySnapshots(folder, [ID]));
  const parsing = size > 500 ? null : await time(async () => JSON.parse(await readFile(snapshot, 'utf8')));
  report('verify', { seconds: verifying, megabytes: size }, 'JSON.parse', parsing);
  work(database);
  const copy = join(dir, 'copy');
  const source = new Database(database, { readonly: true });
  await source.backup(copy);
  source.close();
  const restore = timeSeed(
    `seed.restore_from_snapshot(conn, pathlib.Path(${JSON.stringify(snapshot)}))`,
    copy,
    dir,
  );
  const diffing = await time(() => diffSnapshot(folder, ID));
  report('diff', { seconds: diffing, megabytes: size }, 'JSON.parse', parsing);
  const request = { ...defaultRestoreOptions, snapshotId: ID, action: 'restore' } as const;
  const planning = await time(() => planRestore(folder, request));
  report('plan, tried on a copy', { seconds: planning, megabytes: size }, 'seed', restore);
  const restoring = await time(() => applyRestore(folder, request, { planId: null, whileOpen: false }));
  report('restore, all of it *', { seconds: restoring, megabytes: size }, 'seed', restore);
  console.log(
    '\n* with safety copy, checks and checkpoint; up to 2 s of it is waiting for the names of the two files.',
  );
} finally {
  await rm(dir, { recursive: true, force: true });
}
