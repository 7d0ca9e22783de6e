import { expect, test } from 'vitest';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { createLogChain } from '../../src/log/chain.ts';
import { findLogTable, identityOf, readEvents } from '../../src/log/events.ts';
import { openSnapshotFile } from '../../src/snapshots/files.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { stageSnapshot } from '../../src/stage/stage.ts';
import { logExtent } from '../../src/stage/staged-contents.ts';
import { createPrivateFolder } from '../../src/system/private-folder.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import { addEvents, makePlace, makeRoot, open, run } from '../support/place.ts';

const root = makeRoot();
const ID = 'restore/20260101T000000Z';

test.each([
  ['by its rowid', ''],
  ['by a key that is not its rowid', 'INT'],
])('the chain of a staged log, found %s, is that of its events one by one', async (_, type) => {
  const place = await makePlace(root(), addEvents(600), { tables: [] });
  if (type !== '')
    run(
      place,
      `ALTER TABLE event_log RENAME TO old; CREATE TABLE event_log (kind, id ${type} PRIMARY KEY, ts, payload_json);
      INSERT INTO event_log SELECT kind, id, ts, payload_json FROM old; DROP TABLE old;`,
    );
  run(
    place,
    `UPDATE event_log SET payload_json = x'00ff' WHERE id = 3; UPDATE event_log SET ts = CAST(x'61ff' AS TEXT) WHERE id = 4;
    UPDATE event_log SET kind = 'Caf\u00e9 "\u{1f30a}"' WHERE id > 590; UPDATE event_log SET id = -id WHERE id IN (5, 300);`,
  );
  const folder = await open(place);
  await putCopy(place, ID, { ...ABOUT, tables: [] });
  const db = openReadDatabase(folder.databaseFile, folder);
  const live = readHostDatabase(db, folder.profile);
  const home = await createPrivateFolder();
  const file = await openSnapshotFile(folder, ID);
  try {
    const log = findLogTable(live.schema, folder.profile);
    const chain = createLogChain();
    const source = { table: log.name, identity: identityOf(log, folder.profile), encoding: 'UTF-8' } as const;
    for (const event of readEvents(db, { ...source, order: 'NOT INDEXED ORDER BY id' })) chain.add(event);
    const stage = await stageSnapshot(file, { folder: home, live, nativeBinding: undefined }, {});
    expect(await logExtent(stage, folder.profile, {})).toEqual(chain.peek());
    expect(chain.events()).toBe(600);
    await stage.close();
  } finally {
    await file.handle.close();
    await home.remove();
    db.close();
  }
});
