import { addTo, type Entries, type Failure, factOf, placeOf, reasonOf } from './failure.ts';

/** What can be wrong with the data folder or its database. */
export const databaseErrors = {
  'data-folder-missing': (failure) => ({
    title: 'The folder is missing',
    happened: addTo(failure.message, placeOf(failure, 'path')),
    next: {
      window:
        'If it is on a drive that is not connected, connect it. If it was moved, open it in its new place.',
      cli: 'If it is on a drive that is not connected, connect it. If it was moved, name its new place with --data DIR.',
    },
  }),
  'data-folder-unreadable': (failure) => ({
    title: 'The folder can’t be read',
    happened: addTo('Your account has no permission to read the folder.', placeOf(failure, 'path')),
    next: 'Give your account permission to read it, then try again.',
  }),
  'database-missing': (failure) => ({
    title: 'No chat database here',
    happened: missingDatabase(failure),
    next: {
      window: 'Open the folder where the chat app keeps its database. It also holds the “snapshots” folder.',
      cli: withSnapshots(failure, findElsewhere(failure)),
    },
  }),
  'database-ambiguous': (failure) => ({
    title: 'More than one chat database here',
    happened: `This folder holds several chat databases: ${factOf(failure, 'found') ?? 'their names are not known'}.`,
    next: {
      window: 'Choose the database file that you mean.',
      cli: 'Name the one that you mean with --db FILE.',
    },
  }),
  'database-unreadable': (failure) => ({
    title: 'The database can’t be opened',
    happened: addTo(failure.message, placeOf(failure, 'path', 'database')),
    next: {
      window: 'Check that your account may read the file, then try again.',
      cli: withSnapshots(failure, 'Check that your account may read the file, then try again.'),
    },
  }),
  'database-busy': {
    title: 'Another program is using the database',
    happened: 'It stayed locked too long.',
    next: 'Close the chat app, or wait until it is done, then try again.',
  },
  'database-damaged': (failure) => ({
    title: 'The database file is damaged',
    happened: addTo('SQLite finds errors in its structure.', reasonOf(failure)),
    unharmed: 'Snapback wrote nothing into it. The snapshots are separate files and are not affected.',
    next: 'Make a copy of the whole folder first. Snapback does not restore into a damaged file.',
  }),
  'database-read-only': {
    title: 'The database can’t be written to',
    happened: 'Your account may only read the file or its folder.',
    next: 'Give your account permission to write, then try again. Looking at snapshots works without it.',
  },
  'database-synced': {
    title: 'Other devices write to this database',
    happened:
      'The profile says that the chat app keeps it in step with other devices. What is restored in it would be overwritten by them, or spread to them.',
    next: {
      window: 'Restore into a new file instead. Looking, comparing and exporting work as ever.',
      cli: 'Restore into a new file with --to FILE. Looking, comparing and exporting work as ever.',
    },
  },
  'database-in-use': (failure) => ({
    title: 'The chat app is still running',
    happened: `${factOf(failure, 'by') ?? 'Another program'} has the database open and would overwrite the restored data.`,
    next: {
      window: 'Close the chat app. Snapback keeps checking.',
      cli: 'Close the chat app, or add --while-open to restore anyway.',
    },
  }),
  'not-a-database': (failure) => ({
    title: 'This is not an SQLite database',
    happened: addTo('The file has another format, or it is encrypted.', placeOf(failure, 'path', 'database')),
    next: {
      window: 'Open the folder with the chat app’s unencrypted database.',
      cli: withSnapshots(failure, 'Name the chat app’s unencrypted database with --db FILE.'),
    },
  }),
  'profile-invalid': {
    title: 'The folder’s profile is not valid',
    next: 'Correct snapback-profile.json or remove it, then open the folder again.',
  },
  'viewing-a-copy': {
    title: 'You are viewing a copy',
    happened: 'The database can’t be opened in its folder, so Snapback reads a private copy of it.',
    next: 'To restore, make the folder writable and open it again.',
  },
} satisfies Partial<Entries>;

function findElsewhere(failure: Failure): string {
  if (factOf(failure, 'undrafted') !== null)
    return 'Where you know its log better, write the profile by hand: docs/profile.md explains every key.';
  const find =
    'Name the folder where the chat app keeps its database with --data DIR, or the file itself with --db FILE.';
  const others = factOf(failure, 'databasesWithoutIt');
  return others === null
    ? find
    : `${find} If it is ${others}, “snapback profile draft DIR” drafts a profile for it.`;
}

/** What to do next, and what is possible without the database where there are snapshots. */
function withSnapshots(failure: Failure, next: string): string {
  return factOf(failure, 'hasSnapshots') === null
    ? next
    : `${next} Its snapshots are still there: “snapback list” shows them, and “snapback restore ID --to FILE --start-from FILE” makes a new database from an older copy.`;
}

function missingDatabase(failure: Failure): string {
  const place = factOf(failure, 'path');
  if (place === null || factOf(failure, 'links') !== null)
    return addTo(failure.message, placeOf(failure, 'database'));
  const empty = factOf(failure, 'emptyDatabases');
  return `No chat database in ${place}.${empty === null ? '' : ` There is nothing in ${empty}.`}`;
}
