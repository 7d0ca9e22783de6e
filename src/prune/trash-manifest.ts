import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { SnapbackError } from '../model/errors.ts';
import type { PrunePlan, PrunePolicy } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { createDraftFile, discardDraft } from '../snapshots/drafts.ts';
import { parseSnapshotId } from '../snapshots/names.ts';
import { nameUnlessTaken } from '../snapshots/publish.ts';
import { readSmallFile } from '../system/plain-file.ts';

/** DATA/snapback/trash/<UTC>/manifest.json: what a prune moves there, and where it comes from. */
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
 * Writes the manifest of a new folder, which appears whole; when this returns it is on the disk. False where there is
 * one already. Throws `disk-full`, `folder-read-only`, `io-failed`: then there is none.
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
 * Which files a folder's manifest names, each once, and how they were when they were moved; null where there is no
 * manifest, or none that can be understood to its last entry. Hostile input: bounded, no link followed, and no name
 * that could reach another place.
 */
export async function readManifest(place: string): Promise<readonly NamedFile[] | null> {
  const text = await readSmallFile(join(place, MANIFEST));
  try {
    return text === null ? null : parseFiles(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SnapbackError) return null;
    throw error;
  }
}

function parseFiles(value: unknown): readonly NamedFile[] | null {
  const top = members(value);
  const files = top?.get('files');
  if (top?.get('format') !== FORMAT_VERSION || !Array.isArray(files)) return null;
  const named = new Map<string, NamedFile>();
  for (const file of files) {
    const [to, sizeBytes, modifiedAt] = ['to', 'sizeBytes', 'modifiedAt'].map((key) =>
      members(file)?.get(key),
    );
    if (typeof to !== 'string' || !to.endsWith('.json')) return null;
    if (typeof sizeBytes !== 'number' || typeof modifiedAt !== 'string') return null;
    const { kind, name } = parseSnapshotId(to.slice(0, -'.json'.length));
    named.set(to, { kind, fileName: `${name}.json`, sizeBytes, modifiedAt });
  }
  return [...named.values()];
}

function members(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}
