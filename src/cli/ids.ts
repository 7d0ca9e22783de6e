import { basename } from 'node:path';
import {
  BACKUP_KIND,
  type DataFolder,
  isKind,
  KEPT_KIND,
  listSnapshots,
  noSuchSnapshot,
  SnapbackError,
  type SnapshotId,
  type SnapshotSummary,
  snapshotTime,
} from '../index.ts';
import type { FolderCommand } from './command.ts';

type Listed = Pick<SnapshotSummary, 'id' | 'kind' | 'takenAt' | 'file' | 'healthDetail'>;

const FILE_ENDING = /\.(?:json|db)$/;
const KEPT_FILE = /(?:^|\/)snapback\/kept\/[^/]+$/;
const LATEST = /^latest(?:-(.+))?$/;

/** The command with every snapshot given by its id. The folder is listed only if an id is not already complete. */
export async function withWholeIds(folder: DataFolder, command: FolderCommand): Promise<FolderCommand> {
  const given = idsOf(command);
  if (given.every(isWholeId)) return command;
  const listed = await listSnapshots(folder);
  return withIds(
    command,
    given.map((one) => findMeant(one, listed)),
  );
}

/** The command with other ids in the place of those that `idsOf` tells. */
export function withIds(command: FolderCommand, ids: readonly string[]): FolderCommand {
  switch (command.name) {
    case 'diff':
      return { ...command, id: ids[0] ?? command.id, otherId: ids[1] ?? command.otherId };
    case 'restore': {
      const { merge } = command.options;
      if (merge === undefined) return { ...command, id: ids[0] ?? command.id };
      const options = { ...command.options, merge: { ...merge, baseId: ids[1] ?? null } };
      return { ...command, id: ids[0] ?? command.id, options };
    }
    case 'show':
    case 'keep':
    case 'salvage':
    case 'export':
      return { ...command, id: ids[0] ?? command.id };
    case 'verify':
      return { ...command, ids };
    case 'prune':
      return { ...command, policy: { by: 'choice', ids } };
    default:
      return command;
  }
}

/** The snapshots that a command names, in the order in which `withIds` takes them. */
export function idsOf(command: FolderCommand): readonly string[] {
  if (command.name === 'diff') return [command.id, ...(command.otherId === null ? [] : [command.otherId])];
  if (command.name === 'restore') {
    const { baseId = null } = command.options.merge ?? {};
    return [command.id, ...(baseId === null ? [] : [baseId])];
  }
  if ('id' in command) return [command.id];
  if ('ids' in command) return command.ids;
  return command.name === 'prune' && command.policy.by === 'choice' ? command.policy.ids : [];
}

/** Whether what a person wrote is already an id, so that the folder need not be listed to know which one is meant. */
export function isWholeId(given: string): boolean {
  return given.startsWith(`${BACKUP_KIND}/`) || (/^[^/]+\/[^/]+$/.test(given) && !FILE_ENDING.test(given));
}

/**
 * The snapshot that a person means by an id, a file, a name that only one kind has, `latest` or `latest-KIND`. Only
 * snapshots with a time in their name can be the latest.
 * @throws `snapshot-missing`; `usage` with the candidates, if several have that name; `snapshot-unreadable` if a folder
 * that cannot be read may hold the latest
 */
export function findMeant(given: string, listed: readonly Listed[]): SnapshotId {
  if (isWholeId(given) || listed.some(({ id }) => id === given)) return given;
  const latest = LATEST.exec(given);
  if (latest !== null) return findLatest(given, listed, latest[1] ?? null);
  const parts = given.replace(FILE_ENDING, '').split('/');
  if (KEPT_FILE.test(given)) return `${KEPT_KIND}/${parts.at(-1)}`;
  if (parts.length > 1) return parts.slice(-2).join('/');
  const [name = ''] = parts;
  const named = listed.filter(({ id }) => nameOf(id) === name).map(({ id }) => id);
  // A kept snapshot mostly has the name of the one that it is kept from.
  const others = named.filter((id) => !id.startsWith(`${KEPT_KIND}/`));
  const candidates = others.length > 0 ? others : named;
  const [only, ...more] = candidates;
  if (only === undefined) throw noSuchSnapshot(given);
  if (more.length > 0)
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

/** Whether an entry of the list represents the folder of a kind that cannot be read. */
function standsForFolder({ id, kind, file }: Listed): boolean {
  return id === `${kind}/*` && basename(file) === kind && isKind(kind);
}

function nameOf(id: SnapshotId): string {
  return id.slice(id.indexOf('/') + 1);
}
