import { openDataFolder } from '../../../src/host/data-folder.ts';
import { readHostDatabase } from '../../../src/host/host-database.ts';
import { SnapbackError } from '../../../src/model/errors.ts';
import { openReadDatabase } from '../../../src/sqlite/database.ts';
import { stagesFolder } from '../../../src/stage/cache-folder.ts';
import { stageById } from '../../../src/stage/staged-view.ts';
import { createPrivateFolder } from '../../../src/system/private-folder.ts';

/** Stages snapshots one after the other with a cache, and says of each whether its stage is in the cache, or its error. */
const [dir = '', cacheDir = '', ...ids] = process.argv.slice(2);
const folder = await openDataFolder(dir, { cacheDir });
const db = openReadDatabase(folder.databaseFile, folder);
const live = readHostDatabase(db, folder.profile);
for (const id of ids) {
  const place = await createPrivateFolder();
  try {
    const { stage } = await stageById(folder, id, { folder: place, live }, {});
    const rows = stage.db.prepare('SELECT count(*) FROM t0').pluck().get();
    console.log(`${stage.file.startsWith(stagesFolder(cacheDir)) ? 'kept' : 'private'} ${rows}`);
    await stage.close();
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    console.log(error.code);
  } finally {
    await place.remove();
  }
}
db.close();
