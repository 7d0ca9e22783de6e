import { addTo, type Entries, type Failure, factOf, placeOf, ROLLED_BACK, reasonOf } from './failure.ts';
import { whichSnapshot } from './which-snapshot.ts';

const ACCEPT = {
  window: 'Confirm that below, or choose another snapshot.',
  cli: 'Add --accept-drift to restore anyway, or choose another snapshot.',
};

/** What can go wrong while an action is planned or carried out. */
export const actionErrors = {
  cancelled: {
    title: 'Cancelled',
    happened: 'You stopped this before it was finished.',
    unharmed: 'The database is exactly as it was before.',
    next: 'Start again whenever you like.',
  },
  usage: ({ detail }) => ({
    title: 'These options conflict',
    next: {
      window: 'Choose something else and try again.',
      cli: `“snapback help${detail.command === undefined ? '' : ` ${detail.command}`}” shows how it is used.`,
    },
  }),
  'schema-drift': ({ detail }) => ({
    title: detail.unsure === undefined ? 'Some values can’t be restored' : 'Some values are uncertain',
    next: ACCEPT,
  }),
  'schema-needs-host': {
    title: 'This database needs its own application',
    next: 'Snapback can show this snapshot but can’t restore it here.',
  },
  'row-refused': (failure) => ({
    title: 'A row was rejected',
    happened: addTo(failure.message, reasonOf(failure)),
    unharmed: ROLLED_BACK,
    next:
      failure.detail.sqlite === 'SQLITE_CONSTRAINT_UNIQUE'
        ? {
            window:
              'Two rows would have a value that only one may have. Change that value in the chat app, then try again; or bring back only other rows, from Rows.',
            cli: 'Two rows would have a value that only one may have. Change that value in the chat app, then try again; or bring back only other rows, with --tables, --chat or --rows.',
          }
        : 'The chat app’s rules have probably become stricter since this snapshot. Try a newer one.',
  }),
  'rowids-unknown': {
    title: 'Row numbers would be lost',
    next: {
      window:
        'Restore only other tables, a chat or single rows. Looking, comparing and exporting work as ever.',
      cli: 'Restore other tables with --tables NAMES, a chat with --chat CHAT, or single rows with --rows FILE.',
    },
  },
  'row-too-large': {
    title: 'A row is too large for a snapshot',
    next: 'Without a safety copy nothing is restored. Make that row smaller in the chat app, then try again.',
  },
  'leaves-orphans': {
    title: 'Broken links',
    unharmed: ROLLED_BACK,
    next: ACCEPT,
  },
  'other-timeline': {
    title: 'Newer messages would be removed',
    next: {
      window: 'Confirm that below, or choose a snapshot that still has them.',
      cli: 'Add --accept-other-timeline to remove them, or choose a snapshot that still has them.',
    },
  },
  'newer-not-kept': {
    title: 'What was written since can’t be kept',
    next: {
      window: 'Bring the lost messages back without the newer ones: an undo brings those back.',
      cli: 'Merge with --merge instead, or restore without --keep-newer: “snapback undo” brings the newer messages back.',
    },
  },
  'selection-refused': ({ detail }) => ({
    title: 'This part can’t be restored on its own',
    next:
      detail.why === 'no-operation'
        ? {
            window: 'Choose something else to come along, or bring the whole chat back.',
            cli: 'Choose --related children, or bring all that belongs to the chat back with --chat CHAT.',
          }
        : detail.why === 'not-applied'
          ? 'Start the chat app once, then try again; or restore the whole snapshot.'
          : 'Restore the whole snapshot, or put it into a new file.',
  }),
  'merge-refused': (failure, now) => ({
    title: 'The two states can’t be merged',
    ...refusedMerge(failure, now),
    next: afterRefusedMerge(failure.detail.why, failure.detail.hasOthers === true),
  }),
  'conflicts-open': {
    title: 'Some rows have two versions',
    next: {
      window: 'Choose a version of each row.',
      cli: 'Choose with --mine (as they are now) or --theirs (as in the snapshot) for all, or with --choices FILE row by row. The plan with --json shows each version.',
    },
  },
  'events-not-applied': {
    title: 'The chat app has to start once first',
    happened: 'What was written since is kept, but the chat app has not added it to your chats yet.',
    // A rewind may have taken just these events again: then the tables look as if the app had not started since.
    next: 'Start the chat app, then take the snapshot. If you see this again, write a message in a chat first.',
  },
  'plan-stale': {
    title: 'The data has changed in the meantime',
    happened: 'What you were shown no longer matches what would happen.',
    next: {
      window: 'Look at the new figures and decide again.',
      cli: 'Look at the new plan, without --yes, and decide again.',
    },
  },
  'verification-failed': {
    title: 'The result did not pass its checks',
    unharmed: ROLLED_BACK,
    next: 'The database can’t take this snapshot as it is. Choose another one, and please report this.',
  },
  'nothing-to-undo': {
    title: 'There is nothing to undo',
    next: {
      window: 'Each safety copy in the list can be restored like any snapshot.',
      cli: '“snapback list --kind restore” shows the safety copies; each can be restored like any snapshot.',
    },
  },
  'disk-full': (failure) => ({
    title: 'The disk is full',
    happened: addTo(failure.message, placeOf(failure, 'volume', 'path')),
    unharmed: ROLLED_BACK,
    next: {
      window: 'Free some space, for example with Prune… and the trash, then try again.',
      cli: 'Free some space, for example with “snapback prune” and “snapback trash empty”, then try again.',
    },
  }),
  'out-of-memory': {
    title: 'Not enough memory',
    unharmed: ROLLED_BACK,
    next: 'Close other programs, then try again.',
  },
  'folder-read-only': (failure) => ({
    title: 'The folder can’t be written to',
    happened: addTo('Your account may only read it.', placeOf(failure, 'path')),
    next: 'Give your account permission to write, then try again.',
  }),
  'target-exists': (failure) => ({
    title: 'Already exists',
    happened: addTo(failure.message, placeOf(failure, 'path')),
    unharmed: 'What is there was not touched.',
    next: 'Choose another name or another place.',
  }),
  'io-failed': (failure) => ({
    title: 'Reading or writing failed',
    happened: addTo(failure.message, placeOf(failure, 'path', 'database')),
    unharmed: 'Unfinished changes were rolled back.',
    next: {
      window: 'Check the disk, then try again.',
      cli:
        failure.detail.answerLost === true
          ? 'Only what it had to say is lost: “snapback history” lists what was done.'
          : 'Check the disk, then try again.',
    },
  }),
  'core-stopped': {
    title: 'A part of Snapback stopped unexpectedly',
    happened: 'The part that works on the data stopped while it was busy. It was started again.',
    unharmed: 'The database is intact: a restore is made completely or not at all.',
    next: 'If a banner says that a restore was made, it was finished. Otherwise try again.',
  },
  internal: (failure) => ({
    title: 'Something went wrong in Snapback',
    happened: addTo(failure.message, reasonOf(failure)),
    unharmed: 'Unfinished changes were rolled back.',
    next: 'Try again. If it happens again, please report it with this text.',
  }),
} satisfies Partial<Entries>;

/** Nothing: the core’s own sentence will do. */
function refusedMerge(failure: Failure, now: Date) {
  const id = factOf(failure, 'base');
  if (id === null) return {};
  const { window, cli } = whichSnapshot(id, now);
  const say = (it: string) =>
    `${it} may show how your chats were just after the rewind, and so what was changed since, but it can’t be read.`;
  return { happened: { window: say(window), cli: say(cli) } };
}

function afterRefusedMerge(why: unknown, hasOthers: boolean) {
  if (why === 'not-applied') return 'Start the chat app once, then try again.';
  if (why === 'base-unreadable' && hasOthers)
    return {
      window: 'Compare with another one, which is offered here, or try again.',
      cli: 'Try again, or name another one with --base, as the plan lists them.',
    };
  if (why === 'base-unreadable')
    return {
      window:
        'No other snapshot can take its place. Try again. If that does not help, move that snapshot to the trash, where it is kept: then you choose each version yourself.',
      cli: 'No other snapshot can take its place. Try again. If that does not help, move that snapshot to the trash, where it is kept.',
    };
  if (why === 'several-rewinds')
    return {
      window:
        'First bring back what the newest rewind took, with the snapshot from before it; then this one can be merged.',
      cli: 'First restore the snapshot from before the newest rewind, with --merge; then this one can be merged, too. Or name the snapshot or safety copy from just after the first rewind with --base; or put this one into a new file with --to, without --merge.',
    };
  return why === 'wrong-base'
    ? {
        window: 'Choose another snapshot to compare with.',
        cli: 'Name the snapshot or safety copy from just after the rewind with --base; or put this one into a new file with --to, without --merge.',
      }
    : {
        window:
          'Restore the whole snapshot: an undo brings the newer messages back. Or put it into a new file.',
        cli: 'Put the snapshot into a new file with --to, without --merge; or restore it: “snapback undo” brings the newer messages back.',
      };
}
