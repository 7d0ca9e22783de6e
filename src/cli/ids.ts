import { basename } from 'node:path';
import {
  isKind,
  noSuchSnapshot,
  SnapbackError,
  type SnapshotId,
  type SnapshotSummary,
  snapshotTime,
} from '../index.ts';

type Listed = Pick<SnapshotSummary, 'id' | 'kind' | 'takenAt' | 'file' | 'healthDetail'>;

const LATEST = /^latest(?:-(.+))?$/;

/** Whether what a person wrote is an id already, so that nobody needs to look into the folder to know which is meant. */
export function isWholeId(given: string): boolean {
  return /^[^/]+\/[^/]+$/.test(given) && !given.endsWith('.json');
}

/**
 * The snapshot that a person means: by its id, by its file, by a name that only one kind has, or as `latest` (of all, or
 * `latest-KIND`). The latest is one of those with a time in their name.
 * @throws `snapshot-missing`; `usage` for a name that several have, with the candidates; `snapshot-unreadable` where a
 * folder that cannot be read may hold the latest
 */
export function findMeant(given: string, listed: readonly Listed[]): SnapshotId {
  if (isWholeId(given) || listed.some(({ id }) => id === given)) return given;
  const latest = LATEST.exec(given);
  if (latest !== null) return findLatest(given, listed, latest[1] ?? null);
  const parts = given.replace(/\.json$/, '').split('/');
  if (parts.length > 1) return parts.slice(-2).join('/');
  const [name = ''] = parts;
  const candidates = listed.filter(({ id }) => nameOf(id) === name).map(({ id }) => id);
  const [only, ...others] = candidates;
  if (only === undefined) throw noSuchSnapshot(given);
  if (others.length > 0)
    throw new SnapbackError(
      'usage',
      `Several snapshots are called “${name}”: ${candidates.join(', ')}. Name one of them with its kind.`,
      { found: candidates.join(', ') },
    );
  return only;
}

function findLatest(given: string, listed: readonly Listed[], kind: string | null): SnapshotId {
  const asked = listed.filter((one) => kind === null || one.kind === kind);
  const unread = asked.find(standsForFolder);
  if (unread !== undefined)
    throw new SnapbackError(
      'snapshot-unreadable',
      `${unread.healthDetail ?? ''} The folder “snapshots/${unread.kind}” may hold a newer snapshot. Name the one that you mean.`.trim(),
      { path: unread.file },
    );
  const [newest] = asked
    .filter(({ id }) => snapshotTime(nameOf(id)) !== null)
    .toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
  if (newest === undefined) throw noSuchSnapshot(given);
  return newest.id;
}

/** Whether an entry of the list stands for the folder of a kind, of which nothing can be read. */
function standsForFolder({ id, kind, file }: Listed): boolean {
  return id === `${kind}/*` && basename(file) === kind && isKind(kind);
}

function nameOf(id: SnapshotId): string {
  return id.slice(id.indexOf('/') + 1);
}
