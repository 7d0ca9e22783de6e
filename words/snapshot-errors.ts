import { fileNameOf } from './backups.ts';
import { type Entries, type Failure, FILE_KEPT, factOf } from './failure.ts';
import { whichSnapshot } from './which-snapshot.ts';

const CHOOSE_ANOTHER = {
  window: 'Choose another snapshot from the list.',
  cli: 'Choose another one; “snapback list” shows them.',
};

const SAVE_OR_CHOOSE_ANOTHER = {
  window: `If anything of it is whole, “Save what is whole…” saves that. ${CHOOSE_ANOTHER.window}`,
  cli: `If anything of it is whole, “snapback salvage” saves that. ${CHOOSE_ANOTHER.cli}`,
};

/** What can be wrong with a snapshot, and why one cannot be pruned. */
export const snapshotErrors = {
  'snapshot-missing': (failure, now) => ({
    title: 'This snapshot is gone',
    happened: missingSnapshot(factOf(failure, 'id'), now),
    next: CHOOSE_ANOTHER,
  }),
  'snapshot-unreadable': {
    title: 'The snapshot can’t be read',
    unharmed: FILE_KEPT,
    next: {
      window: 'Check the file’s permissions, or choose another snapshot.',
      cli: 'Check the file’s permissions, or choose another snapshot; “snapback list” shows them.',
    },
  },
  'snapshot-damaged': ({ detail }) => ({
    title: 'This snapshot is damaged',
    unharmed: FILE_KEPT,
    next: detail.nothingWhole === true ? CHOOSE_ANOTHER : SAVE_OR_CHOOSE_ANOTHER,
  }),
  'snapshot-salvaged': {
    title: 'This was saved from a damaged snapshot',
    next: {
      window: 'You can look at it here. To restore everything, choose an intact snapshot.',
      cli: 'You can look at it with “snapback diff”. To restore everything, choose an intact snapshot.',
    },
  },
  'snapshot-unsafe': {
    title: 'Snapback doesn’t open this file',
    unharmed: FILE_KEPT,
    next: 'A snapshot must be a plain file in its own folder, not a link to another place.',
  },
  'backup-refused': {
    title: 'This file can’t be opened',
    unharmed: FILE_KEPT,
    next: {
      window: 'Choose another file, or a snapshot from the list.',
      cli: 'Name another file, or one of the snapshots that “snapback list” shows.',
    },
  },
  'snapshot-without-log': {
    title: 'This snapshot has no messages',
    happened:
      'It holds only derived data, so restoring everything from it would leave a database that contradicts itself.',
    next: {
      window: 'Choose “Rebuild derived data only”, or another snapshot.',
      cli: 'Add --mode projections to rebuild derived data only, or choose another snapshot.',
    },
  },
  'event-ids-unsupported': {
    title: 'Event ids of this kind are not supported',
    next: {
      window: 'You can still look at the snapshots, compare them, and restore one into a new file.',
      cli: 'You can still look at the snapshots and compare them. “snapback restore ID --to FILE” restores one into a new file.',
    },
  },
  'snapshot-needed': (failure, now) => ({
    title: 'This snapshot is still needed',
    unharmed: 'Nothing was moved.',
    ...neededWords(failure, now),
  }),
  'nothing-to-prune': {
    title: 'Nothing to remove',
    happened: 'No snapshot matches.',
    unharmed: 'Nothing was moved.',
    next: {
      window: 'Choose a smaller number, or select snapshots yourself.',
      cli: 'Choose a smaller number with --keep or --older-than, or name the snapshots.',
    },
  },
  'only-copy': {
    title: 'This is the only copy',
    unharmed: 'Nothing was moved or deleted.',
    next: {
      window: 'Keep it, or restore it first.',
      cli: 'Keep it, restore it first, or add --only-copies to do it all the same.',
    },
  },
} satisfies Partial<Entries>;

function neededWords(failure: Failure, now: Date) {
  const id = factOf(failure, 'id');
  const { window, cli } = id === null ? { window: 'it', cli: 'it' } : whichSnapshot(id, now);
  const atStart = (it: string) =>
    `The chat app loads ${it} at its next start. An older one would bring back what the last restore removed.`;
  const byUndo = (it: string) => `Undo of the last restore depends on ${it}.`;
  return failure.detail.reason === 'needed-at-next-start'
    ? {
        happened: { window: atStart(window), cli: atStart(cli) },
        next: 'Keep it. When the chat app has taken a newer checkpoint, this one can be removed.',
      }
    : {
        happened: { window: byUndo(window), cli: byUndo(cli) },
        next: 'Keep it. After the next restore, Undo needs another one, and this one can be removed.',
      };
}

function missingSnapshot(id: string | null, now: Date) {
  if (id === null) return 'There is no such snapshot any more.';
  const fileName = fileNameOf(id);
  if (fileName !== null) return `The file “${fileName}” is not open here.`;
  const { window, cli } = whichSnapshot(id, now);
  return { window: `There is no snapshot ${window} here.`, cli: `There is no snapshot ${cli} here.` };
}
