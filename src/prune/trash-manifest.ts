import { join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import type { PrunePlan, PrunePolicy } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { createDraftFile, discardDraft } from '../snapshots/drafts.ts';
import { isSnapshotId, splitFileName } from '../snapshots/names.ts';
import { nameUnlessTaken } from '../snapshots/publish.ts';
import { readSmallFile } from '../system/plain-file.ts';

/** DATA/snapback/trash/<UTC>/manifest.json says what a prune moved there, and from where. */
export const MANIFEST = 'manifest.json';

const FORMAT_VERSION = 1;

export type TrashedFile = {
  readonly id: SnapshotId;
  /** Relative to the data folder. */
  readonly from: string;
  /** Relative to the manifest's folder: `<kind>/<file name>`. */
  readonly to: string;
  readonly sizeBytes: number;
  readonly modifiedAt: string;
  readonly reason: PrunePlan['goes'][number]['reason'];
};

export type Manifest = {
  readonly planId: string;
  readonly policy: PrunePolicy;
  readonly files: readonly TrashedFile[];
};

/**
 * Writes the manifest of a new folder. It appears whole, and is on the disk when this returns. False where there is one
 * already. @throws `disk-full`, `folder-read-only`, `io-failed`; then there is none
 */
export async function writeManifest(
  folder: DataFolder,
  place: string,
  prunedAt: string,
  manifest: Manifest,
): Promise<boolean> {
  const draft = await createDraftFile(folder, place);
  try {
    const text = JSON.stringify({ format: FORMAT_VERSION, prunedAt, ...manifest }, null, 2);
    await draft.handle.writeFile(`${text}\n`);
    await draft.handle.sync();
    return await nameUnlessTaken(draft.path, join(place, MANIFEST));
  } finally {
    await discardDraft(draft);
  }
}

export type NamedFile = {
  readonly kind: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly modifiedAt: string;
};

/**
 * The files that a folder's manifest names, each once, with their size and time when they were moved. Null where there is
 * no manifest, or where any part of it cannot be understood. It is hostile input: its size is bounded, no link is
 * followed, and no name can reach another place.
 */
export async function readManifest(place: string): Promise<readonly NamedFile[] | null> {
  const { success, output } = v.safeParse(manifestFile, await readSmallFile(join(place, MANIFEST)));
  if (!success) return null;
  const named = new Map<string, NamedFile>();
  for (const { to, sizeBytes, modifiedAt } of output.files) {
    const slash = to.indexOf('/');
    named.set(to, { kind: to.slice(0, slash), fileName: to.slice(slash + 1), sizeBytes, modifiedAt });
  }
  return [...named.values()];
}

const manifestFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    format: v.literal(FORMAT_VERSION),
    files: v.array(
      v.object({
        to: v.pipe(
          v.string(),
          v.check((to) => isSnapshotId(splitFileName(to)?.name ?? '')),
        ),
        sizeBytes: v.number(),
        modifiedAt: v.string(),
      }),
    ),
  }),
);
