import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyRestore, type RestoreMode, type RestoreReceipt } from '../../src/index.ts';
import { open, type Place } from './place.ts';
import { NOW, restoring } from './requests.ts';

/** No process has this number. */
const NOBODY = 0x7fff_ffff;

export type Killed = {
  readonly receipt: RestoreReceipt;
  /** The path of the checkpoint's draft; null where there is none. */
  readonly draft: string | null;
};

/**
 * Leaves what a process leaves that is killed at the COMMIT of a restore: the safety copy, the draft of the checkpoint,
 * and of the journal the line that says that it was begun; the database as after it, or as before it.
 */
export async function killAtCommit(
  place: Place,
  id: string,
  given: {
    readonly committed: boolean;
    readonly mode?: RestoreMode;
    readonly keepNewer?: boolean;
    readonly acceptOtherTimeline?: boolean;
  },
): Promise<Killed> {
  const before = await readFile(place.databaseFile);
  const request = restoring(id, {
    acceptOtherTimeline: given.acceptOtherTimeline ?? false,
    mode: given.mode ?? 'full',
    keepNewer: given.keepNewer ?? false,
  });
  const receipt = await applyRestore(await open(place), request, NOW);
  if (!given.committed) await putBack(place, before);
  const lines = (await readJournalLines(place)).filter((line) => line !== '');
  const began = lines.findLastIndex((line) => line.includes('"type":"prepared"'));
  const line = JSON.parse(lines[began] ?? '');
  const draft = line.checkpointDraft?.replace(/-\d+-/, `-${NOBODY}-`) ?? null;
  const last = JSON.stringify({ ...line, checkpointDraft: draft, by: { pid: NOBODY, started: null } });
  await writeJournalLines(place, [...lines.slice(0, began), last]);
  const snapshots = join(place.dir, 'snapshots');
  if (draft === null) return { receipt, draft };
  await rename(join(snapshots, `${receipt.checkpointId}.json`), join(snapshots, 'periodic', draft));
  return { receipt, draft: join(snapshots, 'periodic', draft) };
}

/** Gives the database the bytes that it had when nobody had it open. */
export async function putBack({ databaseFile }: Place, bytes: Buffer): Promise<void> {
  for (const suffix of ['-wal', '-shm']) await rm(databaseFile + suffix, { force: true });
  await writeFile(databaseFile, bytes);
}

/** The lines of the journal, each an entry. */
export async function readJournalLines({ dir }: Place): Promise<readonly string[]> {
  return (await readFile(join(dir, 'snapback/journal.jsonl'), 'utf8')).trimEnd().split('\n');
}

/** Makes the journal consist of these lines. */
export async function writeJournalLines({ dir }: Place, lines: readonly string[]): Promise<void> {
  await writeFile(join(dir, 'snapback/journal.jsonl'), lines.map((line) => `${line}\n`).join(''));
}
