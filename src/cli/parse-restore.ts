import type { RestoreConsents, RestoreOptions } from '../model/restore.ts';
import type { Merge, Selection } from '../model/selection.ts';
import { choice, usage } from './option-values.ts';
import type { OptionValues } from './options.ts';

/** Where a restore goes, if not into the database. @throws `usage` */
export function parseTarget({ to, 'while-open': whileOpen }: OptionValues): string | null {
  if (to === '') throw usage('The option --to needs a path.', 'restore');
  if (to !== undefined && whileOpen === true)
    throw usage('With --to the database stays as it is: leave out --while-open.', 'restore');
  return to ?? null;
}

/** Whether a plan is rehearsed as well. @throws `usage` */
export function parseRehearse(name: 'restore' | 'undo', { rehearse, yes, to }: OptionValues): boolean {
  if (rehearse !== true) return false;
  if (yes === true) throw usage('With --rehearse nothing is changed: leave out --yes.', name);
  if (to !== undefined) throw usage('With --to the database stays as it is: leave out --rehearse.', name);
  return true;
}

/** What a new file starts from, if not from the database. @throws `usage` */
export function parseStart({ 'start-from': from, to }: OptionValues): string | null {
  if (from === '') throw usage('The option --start-from needs a path.', 'restore');
  if (from !== undefined && to === undefined)
    throw usage(
      'The option --start-from says what a new file starts from, so it needs --to FILE.',
      'restore',
    );
  return from ?? null;
}

/** What a restore is asked to do. The rows that a file names are not known yet. @throws `usage` */
export function parseRestoreOptions(values: OptionValues): RestoreOptions {
  const selection = parseSelection(values);
  const isPart = selection !== undefined;
  if (isPart && values['keep-newer'] === true)
    throw usage(
      'A selected part leaves all else as it is, newer events too: leave out --keep-newer.',
      'restore',
    );
  if (isPart && values.mode !== undefined)
    throw usage('A selected part says itself what is restored: leave out --mode.', 'restore');
  const merge = parseMerge(values);
  if (merge !== undefined && (isPart || values['keep-newer'] === true || values['clear-table'] !== undefined))
    throw usage(
      'A merge decides about each row: leave out --keep-newer, --clear-table, and what selects a part.',
      'restore',
    );
  if (merge !== undefined && values.mode !== undefined)
    throw usage('A merge always includes the messages: leave out --mode.', 'restore');
  const leaveOut = parseLeaveOut(values);
  return {
    ...parseConsents(values),
    ...(leaveOut === undefined ? {} : { leaveOut }),
    ...(merge === undefined ? {} : { merge }),
    ...(selection === undefined ? {} : { selection }),
    mode: choice('mode', values.mode, ['full', 'projections'], 'full'),
    keepNewer: values['keep-newer'] === true,
    clearTables: values['clear-table'] ?? [],
  };
}

/** The part of the snapshot that is restored; undefined: all of it. */
function parseSelection({
  tables,
  chat,
  rows,
  related: size,
  'with-guessed': withGuessed = false,
}: OptionValues): Selection | undefined {
  if (size !== undefined && rows === undefined)
    throw usage('The option --related says what comes along with rows, so it needs --rows.', 'restore');
  const related = choice('related', size, ['none', 'children', 'operation'], 'none');
  if (withGuessed && chat === undefined && related === 'none')
    throw usage(
      'The option --with-guessed says what belongs to a chat or to rows, so it needs --chat, or --related with another size than none.',
      'restore',
    );
  if ([tables, chat, rows].filter((one) => one !== undefined).length > 1)
    throw usage('Select tables, a chat or rows, but only one of these.', 'restore');
  if (rows === '') throw usage('The option --rows needs a path.', 'restore');
  if (chat !== undefined) return { by: 'chat', chat, withGuessed };
  if (rows !== undefined) return { by: 'rows', rows: [], related, withGuessed };
  if (tables === undefined) return undefined;
  const names = tables.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw usage('The option --tables needs the names of tables, with commas between them.', 'restore');
  return { by: 'tables', tables: names };
}

/** Newer events that are not kept; undefined: all are. */
function parseLeaveOut({ without, 'keep-newer': keepNewer }: OptionValues): readonly bigint[] | undefined {
  if (without === undefined) return undefined;
  if (keepNewer !== true) throw usage('The option --without needs --keep-newer.', 'restore');
  const ids = without.split(',').map((id) => id.trim());
  if (!ids.every((id) => /^\d{1,18}$/.test(id)))
    throw usage('The option --without needs the ids of events, with commas between them.', 'restore');
  return ids.map(BigInt);
}

/** How the snapshot is merged with what was written since; undefined: it is not. What a file chooses is not known yet. */
function parseMerge({ merge, base, mine = false, theirs = false, choices }: OptionValues): Merge | undefined {
  const isSaid = base !== undefined || mine || theirs || choices !== undefined;
  if (merge !== true && isSaid)
    throw usage('The options --base, --mine, --theirs and --choices need --merge.', 'restore');
  if (mine && theirs)
    throw usage('Choose --mine or --theirs for the rows that both sides changed, not both.', 'restore');
  if (base === '' || choices === '')
    throw usage(`The option --${base === '' ? 'base' : 'choices'} needs a value.`, 'restore');
  const all = mine ? 'mine' : theirs ? 'theirs' : null;
  return merge === true ? { baseId: base ?? null, choices: { all, tables: [] } } : undefined;
}

/** The losses that a person accepts. */
export function parseConsents(values: OptionValues): RestoreConsents {
  return {
    acceptDrift: values['accept-drift'] === true,
    acceptOtherTimeline: values['accept-other-timeline'] === true,
  };
}
