import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  applyRestore,
  applyUndo,
  type DataFolder,
  finishInterrupted,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, open, type Place, run } from './place.ts';
import { NOW, restoring } from './requests.ts';
import { live } from './story.ts';

/* Sequences of restores, undos and what happens between them. */

export const UNDO = { acceptDrift: false, acceptOtherTimeline: true };

export type Begun = {
  readonly place: Place;
  readonly folder: DataFolder;
  /** Two snapshots, and between them and now the host has written. */
  readonly ids: Readonly<Record<'A' | 'B', string>>;
};

export async function beginSequence(root: string): Promise<Begun> {
  const { place, id: first } = await live(root, {
    schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);',
    before: "INSERT INTO memories VALUES (1, 'a');",
    since: "UPDATE memories SET text = 'changed';",
  });
  const folder = await open(place);
  const { id: second } = await takeSnapshot(folder, 'rewind');
  run(place, addEvents(2, 'later'));
  return { place, folder, ids: { A: first, B: second } };
}

export type Act = 'A' | 'B' | 'undo' | 'host writes' | 'restart' | 'journal lost';

export async function act(what: Act, place: Place, folder: DataFolder, ids: Begun['ids']): Promise<void> {
  if (what === 'undo') await applyUndo(folder, UNDO, NOW);
  else if (what === 'host writes') run(place, addEvents(1, 'meanwhile'));
  else if (what === 'journal lost') await rm(join(place.dir, 'snapback'), { recursive: true, force: true });
  else if (what === 'restart') await finishInterrupted(await open(place));
  else {
    const consents = { acceptOtherTimeline: true };
    const request = restoring(ids[what], consents);
    await applyRestore(folder, request, NOW);
  }
}
