import type { PrunePolicy, PutBackChoice } from '../model/prune.ts';
import type { Applied, Command, ListFilter } from './command.ts';
import { choice, isNamedFile, none, one, since, usage, wholeNumber } from './option-values.ts';
import type { CommandName, OptionValues } from './options.ts';
import {
  parseConsents,
  parseRehearse,
  parseRestoreOptions,
  parseStart,
  parseTarget,
} from './parse-restore.ts';

/** Parses what follows the name of a command. @throws `usage` with one sentence that says what is wrong */
export function parseCommand(name: CommandName, operands: readonly string[], values: OptionValues): Command {
  const applied: Applied = { yes: values.yes === true, planId: values['plan-id'] ?? null };
  const whileOpen = values['while-open'] === true;
  if (applied.planId !== null && !applied.yes)
    throw usage('The option --plan-id says which plan to apply, so it needs --yes.', name);
  switch (name) {
    case 'help':
      return { name, about: null };
    case 'version':
      return { name };
    case 'demo':
      return { name, dir: one(name, operands, 'the folder to build') };
    case 'status':
      none(name, operands);
      return { name };
    case 'list':
      none(name, operands);
      return { name, check: values.check === true, filter: parseFilter(values) };
    case 'show':
      return { name, id: one(name, operands, 'a snapshot'), chat: values.chat ?? null };
    case 'diff':
      return parseDiff(operands, values);
    case 'search': {
      // The phrase comes first, whatever it looks like.
      const files = operands.slice(1).filter(isNamedFile);
      const phrase = one(
        name,
        operands.filter((operand, index) => index === 0 || !files.includes(operand)),
        'a phrase to look for',
      );
      return { name, request: { phrase, kind: values.kind ?? null, words: values.words === true }, files };
    }
    case 'history':
      return parseHistory(operands, values);
    case 'verify':
      if (operands.length === 0) throw usage('“verify” needs at least one snapshot.', name);
      return { name, ids: operands };
    case 'take':
      none(name, operands);
      return parseTake(values);
    case 'restore':
      return {
        name,
        id: one(name, operands, 'a snapshot'),
        options: parseRestoreOptions(values),
        rowsIn: typeof values.rows === 'string' ? values.rows : null,
        choicesIn: values.choices ?? null,
        whileOpen,
        to: parseTarget(values),
        rehearse: parseRehearse(name, values),
        startFrom: parseStart(values),
        ...applied,
      };
    case 'undo':
      return {
        name,
        of: parseEntry(operands),
        whileOpen,
        rehearse: parseRehearse(name, values),
        ...parseConsents(values),
        ...applied,
      };
    case 'export':
      return parseExport(operands, values);
    case 'salvage':
      return parseSalvage(operands, values);
    case 'keep':
      return {
        name,
        id: one(name, operands, 'a snapshot'),
        label: { name: values.name ?? null, note: values.note ?? null },
      };
    case 'prune':
      return {
        name,
        policy: parsePolicy(operands, values),
        onlyCopies: parseOnlyCopies(name, values, applied),
        ...applied,
      };
    case 'put-back':
      return { name, choice: operands.length === 0 ? null : parsePutBack(operands) };
    case 'trash':
      return parseTrash(operands, values, applied);
    case 'space':
      none(name, operands);
      return { name };
    case 'cache':
      if (operands.length > 0 && one(name, operands, 'nothing, or “clear”') !== 'clear')
        throw usage('“cache” takes nothing, or “clear”.', name);
      return { name, clear: operands.length > 0 };
    case 'profile':
      return parseProfile(operands, values);
    case 'empty-trash':
      none(name, operands);
      return { name, onlyCopies: parseOnlyCopies(name, values, applied), ...applied };
  }
}

function parseExport(operands: readonly string[], { to, format, table }: OptionValues): Command {
  const id = one('export', operands, 'a snapshot');
  if (to === undefined || to === '')
    throw usage('The option --to FILE is missing: it names the new file.', 'export');
  if (format === undefined)
    throw usage('The option --format is missing: it is one of csv, json, sqlite.', 'export');
  const chosen = choice('format', format, ['csv', 'json', 'sqlite'], 'json');
  if (chosen === 'csv' && table === undefined)
    throw usage('A CSV file holds one table. Name it with --table NAME.', 'export');
  return { name: 'export', id, format: chosen, table: table ?? null, to };
}

function parseSalvage(operands: readonly string[], { to, format }: OptionValues): Command {
  if (to === '') throw usage('The option --to needs a path.', 'salvage');
  if (to === undefined && format !== undefined)
    throw usage('The option --format needs --to FILE.', 'salvage');
  return {
    name: 'salvage',
    id: one('salvage', operands, 'a snapshot'),
    to: to ?? null,
    format: choice('format', format, ['json', 'sqlite'], 'json'),
  };
}

function parseProfile([action, ...operands]: readonly string[], { to }: OptionValues): Command {
  if (action !== 'check' && action !== 'draft')
    throw usage('“profile” takes “check DIR” or “draft DIR”.', 'profile');
  const dir = one('profile', operands, 'the data folder');
  if (action === 'draft') {
    if (to === '') throw usage('The option --to needs a path.', 'profile');
    return { name: 'profile', action, dir, to: to ?? null };
  }
  if (to !== undefined) throw usage('“profile check” writes nothing: leave out --to.', 'profile');
  return { name: 'profile', action, dir };
}

function parseTrash(
  [action = 'list', ...operands]: readonly string[],
  values: OptionValues,
  applied: Applied,
): Command {
  if (applied.yes && action !== 'empty')
    throw usage(`“trash ${action}” does not take the option --yes.`, 'trash');
  const onlyCopies = parseOnlyCopies('trash', values, applied);
  switch (action) {
    case 'list':
      none('trash', operands);
      return { name: 'put-back', choice: null };
    case 'put-back':
      if (operands.length === 0)
        throw usage('“trash put-back” needs the name of a prune, as “trash list” shows it.', 'trash');
      return { name: 'put-back', choice: parsePutBack(operands) };
    case 'empty':
      none('trash', operands);
      return { name: 'empty-trash', onlyCopies, ...applied };
    default:
      throw usage('“trash” takes “list”, “put-back NAME” or “empty”.', 'trash');
  }
}

/** Whether what no other snapshot can bring back may be moved or deleted, too. */
function parseOnlyCopies(command: CommandName, values: OptionValues, { yes }: Applied): boolean {
  const isGiven = values['only-copies'] === true;
  if (isGiven && !yes)
    throw usage('The option --only-copies says what may be moved or deleted, so it needs --yes.', command);
  return isGiven;
}

/** The name of a prune, and which of its snapshots; without any, all of them. */
function parsePutBack([trashName = '', ...ids]: readonly string[]): PutBackChoice {
  return { trashName, ids: ids.length === 0 ? null : ids };
}

/** So many rows are printed unless told otherwise. */
const ROWS_AT_ONCE = 100;

function parseDiff(operands: readonly string[], values: OptionValues): Command {
  const { table = null, limit, offset } = values;
  const rows = values.rows === true;
  const [id = '', otherId = null, ...more] = operands;
  if (id === '') throw usage('“diff” needs a snapshot.', 'diff');
  if (more.length > 0) throw usage(`“diff” takes one or two snapshots; “${more[0]}” is too many.`, 'diff');
  if (rows !== (table !== null))
    throw usage(
      'The options --rows and --table NAME show the rows of one table, and need each other.',
      'diff',
    );
  if (!rows && (limit !== undefined || offset !== undefined))
    throw usage('The options --limit and --offset count rows, so they need --rows.', 'diff');
  return {
    name: 'diff',
    ...{ id, otherId, table },
    offset: offset === undefined ? 0 : wholeNumber('offset', offset),
    limit: limit === undefined ? ROWS_AT_ONCE : wholeNumber('limit', limit),
  };
}

function parseHistory([first, ...key]: readonly string[], { to }: OptionValues): Command {
  if (to === '') throw usage('The option --to needs a path.', 'history');
  if (to !== undefined && (first === undefined || key.length > 0))
    throw usage('The option --to writes the receipt of one entry. Name it as “history” shows it.', 'history');
  const row = first === undefined || key.length === 0 ? null : { table: first, key };
  return { name: 'history', row, entry: row === null ? (first ?? null) : null, to: to ?? null };
}

/** The entry to undo: its id, or the name or file of its safety copy. */
function parseEntry(operands: readonly string[]): string | null {
  if (operands.length === 0) return null;
  const given = one('undo', operands, 'nothing, or an entry of the history').replace(/\.(?:json|db)$/, '');
  return given.includes('/') ? given : `restore/${given}`;
}

function parseFilter({ kind, since: from, limit }: OptionValues): ListFilter {
  const most = limit === undefined ? null : wholeNumber('limit', limit);
  if (most === 0) throw usage('The option --limit needs a number above 0.', 'list');
  return { kind: kind ?? null, since: from === undefined ? null : since('since', from), limit: most };
}

function parseTake(values: OptionValues): Command {
  const ifDue = values['if-due'] === true;
  const kind = choice('kind', values.kind, ['rewind', 'periodic'], ifDue ? 'periodic' : 'rewind');
  if (ifDue && kind !== 'periodic') throw usage('Only periodic snapshots can be due.', 'take');
  return { name: 'take', kind, ifDue };
}

function parsePolicy(
  ids: readonly string[],
  { kind, keep, 'older-than': olderThan }: OptionValues,
): PrunePolicy {
  if (ids.length > 0) {
    if (kind !== undefined || keep !== undefined || olderThan !== undefined)
      throw usage('“prune” takes either snapshots or a policy, not both.', 'prune');
    return { by: 'choice', ids };
  }
  if (kind === undefined || (keep === undefined) === (olderThan === undefined))
    throw usage(
      '“prune” needs --kind KIND with either --keep N or --older-than DAYS, or the snapshots to move.',
      'prune',
    );
  if (keep !== undefined) return { by: 'count', kind, keep: wholeNumber('keep', keep) };
  return { by: 'age', kind, olderThanDays: wholeNumber('older-than', olderThan ?? '') };
}
