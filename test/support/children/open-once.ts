import { createHandlers } from '../../../electron/core/handlers.ts';
import { createOpenFolders } from '../../../electron/core/open-folders.ts';

/** Opens a data folder as the window does, says how many snapshots are listed, and ends at once. */
const [dir = '', cacheDir = ''] = process.argv.slice(2);
const { first } = createHandlers(
  createOpenFolders(() => undefined),
  { nativeBinding: undefined, sqliteTempDirs: [] },
);
const { snapshots } = await first['private.open']({ folderId: 'one', dir, database: null, cacheDir }, {});
process.stdout.write(`${snapshots?.length}\n`);
process.exit();
