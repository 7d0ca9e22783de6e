import { createHash, randomUUID } from 'node:crypto';
import { hasSystemCode } from '../model/errors.ts';
import { lstat } from '../system/files.ts';
import { bootMark } from '../system/process-mark.ts';
import type { DataFolder } from './data-folder.ts';

/** A file that changes so soon after it was looked at may have the same times as before. */
const SETTLED_MS = 2000;

/**
 * What the file system says of the database's files: equal as long as nobody wrote to them. One of its own where they
 * changed so recently that another change might not show.
 */
export async function markOfDatabase({ databaseFile }: DataFolder): Promise<string> {
  const facts: string[] = [];
  let changed = 0;
  for (const suffix of ['', '-wal', '-journal'])
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await lstat(databaseFile + suffix, { bigint: true });
      // SQLite makes an empty WAL whenever somebody only looks.
      if (suffix !== '' && size === 0n) continue;
      facts.push([suffix, dev, ino, size, mtimeNs, ctimeNs].join(' '));
      changed = Math.max(changed, Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n));
    } catch (error) {
      if (!hasSystemCode(error, 'ENOENT')) throw error;
    }
  if (Date.now() - changed < SETTLED_MS) return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([bootMark(), ...facts]))
    .digest('hex');
}
