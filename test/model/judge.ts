import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type DataFolder, readHistory, type SnapshotId, viewTrash } from '../../src/index.ts';
import { readWhole } from '../support/copies.ts';
import { findFaults } from '../support/state.ts';
import { type Content, type Held, readContent, toContent } from './content.ts';
import { type Model, newestCheckpoint } from './model.ts';

/* Whether what is there is what the model says: judged over connections and readings of the tests' own. */

const KINDS = ['rewind', 'periodic', 'restore'];

/** The snapshots in their places, each with its file. */
export function listFiles(dir: string): ReadonlyMap<SnapshotId, string> {
  const places = [
    ...KINDS.map((kind) => [kind, join(dir, 'snapshots', kind)] as const),
    ['@kept', join(dir, 'snapback/kept')] as const,
  ];
  return new Map(
    places.flatMap(([kind, place]) =>
      namesIn(place).flatMap((name): readonly (readonly [string, string])[] => {
        const id = /^(\d.*)\.(?:json|db)$/.exec(name)?.[1];
        return id === undefined ? [] : [[`${kind}/${id}`, join(place, name)]];
      }),
    ),
  );
}

/** Names that are neither a snapshot's nor a note's: what somebody left behind. */
export function listLeft(dir: string): readonly string[] {
  return [...KINDS.map((kind) => join(dir, 'snapshots', kind)), join(dir, 'snapback/kept')].flatMap((place) =>
    namesIn(place).filter((name) => !/^\d.*\.(?:json|db|note)$/.test(name)),
  );
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** What a snapshot file holds, as plain values. */
export function readFileContent(file: string): Content {
  return toContent(readWhole(file));
}

export function contentOf({ log, chats, memories }: Content): Content {
  return { log, chats, memories };
}

/** The database holds what the model says, and nothing in it is damaged. */
export function expectDatabase(
  folder: DataFolder,
  { held, draft }: Pick<Model, 'draft'> & { readonly held: Held },
) {
  expect(readContent(folder)).toEqual({ ...contentOf(held), draft });
  expect(findFaults(folder.databaseFile)).toEqual([]);
}

/** Every snapshot is there with its bytes, in its place or in the trash, and no other; Undo and Redo lead where they should. */
export async function expectFolder(folder: DataFolder, model: Model): Promise<void> {
  const files = listFiles(folder.dir);
  expect([...files.keys()].sort()).toEqual([...model.snapshots.keys()].sort());
  for (const [id, file] of files)
    if (model.snapshots.get(id)?.bytes.equals(readFileSync(file)) !== true)
      throw new Error(`The bytes of ${id} have changed.`);
  const { prunes } = await viewTrash(folder);
  const trashed = prunes.flatMap(({ trashName, snapshots }) =>
    snapshots.map(({ id }) => `${trashName} ${id}`),
  );
  expect(trashed.sort()).toEqual(model.trash.map(({ trashName, id }) => `${trashName} ${id}`).sort());
  const { undo, redo } = await readHistory(folder);
  expect({ undo, redo }).toEqual({
    undo: model.back.at(-1)?.copy ?? null,
    redo: model.again.at(-1)?.copy ?? null,
  });
  expectNextStart(model);
}

/** The host's next start loads its newest checkpoint. That must not be from before the last full restore. */
function expectNextStart({ snapshots, fullRestores }: Model): void {
  if (fullRestores > 0) expect(newestCheckpoint(snapshots)?.[1].after).toBe(fullRestores);
}
