import type { ErrorCode, SnapbackError } from '../src/model/errors.ts';

/** A failure as data, as it crosses between processes. */
export type Failure = Pick<SnapbackError, 'code' | 'message' | 'detail'>;

/** Words for a failure: what happened, what is unharmed, what to do next. */
export type Message = {
  readonly title: string;
  readonly happened: string;
  readonly unharmed: string;
  readonly next: string;
};

const NOTHING_WRITTEN = 'Nothing was written: the database and every snapshot are as they were.';
const ROLLED_BACK = 'Everything was rolled back: the database is exactly as it was before.';
const SNAPSHOT_KEPT = 'The file is left as it is, and so is the database.';

/** Words for every code; `message` is the core's own sentence, which knows the names and figures. */
const MESSAGES: { readonly [C in ErrorCode]: (error: Failure) => Message } = {
  cancelled: () => ({
    title: 'Cancelled',
    happened: 'You stopped this before it was finished.',
    unharmed: 'The database is exactly as it was before.',
    next: 'Start again whenever you like.',
  }),
  usage: ({ message }) => ({
    title: 'That does not work together',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'Choose something else and try again.',
  }),
  'data-folder-missing': (error) => ({
    title: 'The folder is not there',
    happened: `${error.message}${at(error, 'path')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'If it is on a drive that is not plugged in, plug it in; if it was moved, open it at its new place.',
  }),
  'data-folder-unreadable': (error) => ({
    title: 'The folder can’t be read',
    happened: `This account may not look into the folder.${at(error, 'path')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Give your account permission to read it, then try again.',
  }),
  'database-missing': (error) => ({
    title: 'No chat database here',
    happened: `${error.message}${at(error, 'path')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Open the folder in which the chat app keeps its database; it also holds the “snapshots” folder.',
  }),
  'database-ambiguous': (error) => ({
    title: 'More than one chat database here',
    happened: `This folder holds several databases with an event log: ${fact(error, 'found')}.`,
    unharmed: NOTHING_WRITTEN,
    next: 'Choose the database file that you mean.',
  }),
  'database-unreadable': (error) => ({
    title: 'The database can’t be opened',
    happened: `${error.message}${at(error, 'path', 'database')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Check that your account may read the file, then try again.',
  }),
  'database-busy': () => ({
    title: 'Another program is working in the database',
    happened: 'It held its lock for longer than Snapback waits.',
    unharmed: NOTHING_WRITTEN,
    next: 'Close the chat app, or wait until it is done, then try again.',
  }),
  'database-damaged': (error) => ({
    title: 'The database file is damaged',
    happened: `SQLite finds errors in its structure${reason(error)}.`,
    unharmed: 'Snapback wrote nothing into it. The snapshots are separate files and are not affected.',
    next: 'Make a copy of the whole folder first. Snapback does not restore into a damaged file.',
  }),
  'database-read-only': () => ({
    title: 'The database can’t be written',
    happened: 'The file or its folder may only be read by this account.',
    unharmed: NOTHING_WRITTEN,
    next: 'Give your account permission to write, then try again. Looking at snapshots works without.',
  }),
  'database-in-use': (error) => ({
    title: 'The chat app is still running',
    happened: `${fact(error, 'by') === '' ? 'Another program' : fact(error, 'by')} has the database open. It would write its own memory over what is restored.`,
    unharmed: NOTHING_WRITTEN,
    next: 'Close the chat app. This is looked at again all the time.',
  }),
  'not-a-database': (error) => ({
    title: 'This is not an SQLite database',
    happened: `The file has another format, or it is encrypted.${at(error, 'path', 'database')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Open the folder with the chat app’s unencrypted database.',
  }),
  'profile-invalid': ({ message }) => ({
    title: 'The folder’s profile is not valid',
    happened: `snapback-profile.json says how this application’s data are laid out, but: ${message}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Correct the file or remove it, then open the folder again.',
  }),
  'snapshot-missing': () => ({
    title: 'The snapshot is not there any more',
    happened: 'The chat app may have thinned out its snapshots meanwhile.',
    unharmed: NOTHING_WRITTEN,
    next: 'Choose another one from the list.',
  }),
  'snapshot-unreadable': ({ message }) => ({
    title: 'The snapshot can’t be read',
    happened: message,
    unharmed: SNAPSHOT_KEPT,
    next: 'Check the file’s permissions, or choose another snapshot.',
  }),
  'snapshot-damaged': ({ message }) => ({
    title: 'This snapshot is damaged',
    happened: message,
    unharmed: SNAPSHOT_KEPT,
    next: 'Choose another snapshot; those taken shortly before or after hold almost the same.',
  }),
  'snapshot-unsafe': ({ message }) => ({
    title: 'Snapback doesn’t touch this file',
    happened: message,
    unharmed: SNAPSHOT_KEPT,
    next: 'A snapshot is a plain file within its folder, no link to elsewhere.',
  }),
  'snapshot-without-log': () => ({
    title: 'This snapshot has no event log',
    happened: 'Without the log, a full restore would leave a database that disagrees with itself.',
    unharmed: NOTHING_WRITTEN,
    next: 'Restore its projections only, or choose another snapshot.',
  }),
  'event-ids-unsupported': ({ message }) => ({
    title: 'Event ids of this kind are not supported',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'You can go on looking at the snapshots and comparing them.',
  }),
  'schema-drift': ({ message }) => ({
    title: 'Some of it has no place today',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'Accept that these values are left out, or open the folder with the version of the chat app that wrote it.',
  }),
  'schema-needs-host': ({ message }) => ({
    title: 'This database needs its own application',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'Snapback can show this snapshot but can’t restore it in place.',
  }),
  'row-refused': (error) => ({
    title: 'The database refuses a row',
    happened: `${error.message}${reason(error)}`,
    unharmed: ROLLED_BACK,
    next: 'The schema has probably become stricter since this snapshot. Try a newer one.',
  }),
  'leaves-orphans': ({ message }) => ({
    title: 'Something would point to nothing',
    happened: message,
    unharmed: ROLLED_BACK,
    next: 'Accept that in the confirmation, or choose a snapshot that still has what they belong to.',
  }),
  'other-timeline': ({ message }) => ({
    title: 'Newer messages would be removed',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'Accept that in the confirmation, or choose a snapshot that still has them.',
  }),
  'plan-stale': () => ({
    title: 'The data has changed meanwhile',
    happened: 'What was shown to you is no longer what would happen.',
    unharmed: NOTHING_WRITTEN,
    next: 'Look at the new figures and decide again.',
  }),
  'verification-failed': ({ message }) => ({
    title: 'The result did not pass its checks',
    happened: message,
    unharmed: ROLLED_BACK,
    next: 'The database can’t take this snapshot as it is. Choose another one, and please report this.',
  }),
  'nothing-to-undo': ({ message }) => ({
    title: 'There is nothing to undo',
    happened: message,
    unharmed: NOTHING_WRITTEN,
    next: 'Each safety copy in the list can be restored like any snapshot.',
  }),
  'snapshot-needed': ({ detail }) => ({
    title: 'This snapshot is still needed',
    happened:
      detail.reason === 'needed-at-next-start'
        ? 'The chat app’s next start loads it; an older one would bring back what the newest restore undid.'
        : 'Undo of the newest restore depends on it.',
    unharmed: 'Nothing was moved.',
    next: 'Leave it out.',
  }),
  'nothing-to-prune': () => ({
    title: 'Nothing to move',
    happened: 'No snapshot matches this.',
    unharmed: 'Nothing was moved.',
    next: 'Choose a smaller number, or pick snapshots by hand.',
  }),
  'disk-full': (error) => ({
    title: 'The disk is full',
    happened: `${error.message}${at(error, 'volume', 'path')}`,
    unharmed: ROLLED_BACK,
    next: 'Free some space, for example with Prune and Empty trash, then try again.',
  }),
  'folder-read-only': (error) => ({
    title: 'The folder can’t be written to',
    happened: `This account may only read it.${at(error, 'path')}`,
    unharmed: NOTHING_WRITTEN,
    next: 'Give your account permission to write, then try again.',
  }),
  'viewing-a-copy': () => ({
    title: 'You are viewing a copy',
    happened: 'The database can’t be opened in its folder, so Snapback reads a private copy of it.',
    unharmed: NOTHING_WRITTEN,
    next: 'To restore, make the folder writable and open it again.',
  }),
  'target-exists': (error) => ({
    title: 'That place is taken',
    happened: `${error.message}${at(error, 'path')}`,
    unharmed: 'What is there was not touched.',
    next: 'Choose another place.',
  }),
  'io-failed': (error) => ({
    title: 'Reading or writing failed',
    happened: `${error.message}${at(error, 'path', 'database')}`,
    unharmed: 'What was not finished was taken back.',
    next: 'Check the disk, then try again.',
  }),
  'core-stopped': () => ({
    title: 'A part of Snapback ended unexpectedly',
    happened: 'The part that works on the data stopped in the middle of it. It has been started again.',
    unharmed: 'The database is whole: either as it was before or as planned, never between.',
    next: 'If a banner says that you are on a restored state, it was finished. Otherwise try again.',
  }),
  internal: ({ message }) => ({
    title: 'Something went wrong in Snapback',
    happened: message,
    unharmed: 'What was not finished was taken back.',
    next: 'Try again; if it stays, please report it with this text.',
  }),
};

/** Puts a failure into words. */
export function explain(error: Failure): Message {
  return MESSAGES[error.code](error);
}

function fact(error: Failure, name: string): string {
  const value = error.detail[name];
  return value === undefined || value === null ? '' : String(value);
}

function at(error: Failure, ...names: readonly string[]): string {
  const place = names.map((name) => fact(error, name)).find((value) => value !== '');
  return place === undefined ? '' : ` (${place})`;
}

function reason(error: Failure): string {
  const why = fact(error, 'reason');
  return why === '' ? '' : ` (${why})`;
}
