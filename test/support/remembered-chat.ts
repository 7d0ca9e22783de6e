import { join } from 'node:path';
import { listSnapshots } from '../../src/catalog/catalog.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import type { SnapshotSummary } from '../../src/model/snapshots.ts';
import { makeChat, makeDir } from './place.ts';

/** The opened data folder of a small chat. What is learnt of its snapshots is remembered for it alone. */
export async function makeRemembered(parent: string, events = 5): Promise<DataFolder> {
  return { ...(await makeChat(parent, { events })), cacheDir: join(await makeDir(parent), 'cache') };
}

/** What the list says of a snapshot, without reading files or, with `check`, once all were read. */
export async function findListed(folder: DataFolder, id: string, check = false): Promise<SnapshotSummary> {
  const found = (await listSnapshots(folder, { check })).find((summary) => summary.id === id);
  if (found === undefined) throw new TypeError(`${id} is not listed.`);
  return found;
}
