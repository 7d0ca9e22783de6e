import Database from 'better-sqlite3';
import { fetchBackground } from '../../../electron/core/fetch-background.ts';
import { createHandlers } from '../../../electron/core/handlers.ts';
import { createOpenFolders } from '../../../electron/core/open-folders.ts';
import { defaultRestoreOptions } from '../../../src/index.ts';
import { loadParts } from '../load-parts.ts';

/** Opens a data folder as the window does, as a user whom file permissions bind, and prints what the window shows of it. */
const [dir = '', snapshotId = ''] = process.argv.slice(2);
// Code and addon must be loaded while they may be read.
await loadParts();
const folderId = 'folder-1';
const handlers = await createHandlers(
  createOpenFolders(() => undefined),
  { nativeBinding: undefined, sqliteTempDirs: [] },
).all();
await fetchBackground();
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
await handlers['private.open']({ folderId, dir, database: null, cacheDir: `${dir}/no-cache` }, {});
const listed = await handlers['snapshots.list']({ folderId }, {});
const options = { ...defaultRestoreOptions };
const plan = await handlers['restore.plan']({ folderId, snapshotId, options }, {});
const policy = { by: 'age', kind: 'rewind', olderThanDays: 0 } as const;
const prune = await handlers['prune.plan']({ folderId, policy }, {});
await handlers['folder.happened']({ folderId }, {});
const told = {
  listed: listed.map(({ id, health }) => `${id} ${health}`),
  planned: plan.snapshot.id,
  goes: prune.goes.map(({ id }) => id),
};
process.stdout.write(`${JSON.stringify(told)}\n`);
await handlers['private.close']({ folderId }, {});
