import { parseArgs } from 'node:util';
import type { ExportFormat } from '../model/export.ts';
import type { PrunePolicy } from '../model/prune.ts';
import type { RestoreConsents, RestoreOptions } from '../model/restore.ts';
import type { SalvageFormat } from '../model/salvage.ts';
import type { SearchRequest, StoredValue } from '../model/search.ts';
import { choice, none, one, type Since, since, usage, wholeNumber } from './option-values.ts';
import { type CommandName, goesWith, isCommandName, OPTIONS } from './options.ts';

type Applied = {
  readonly yes: boolean;
  /** Apply exactly this plan, or refuse. */
  readonly planId: string | null;
};

/** Which snapshots to list. Null does not restrict the list. */
export type ListFilter = {
  readonly kind: string | null;
  readonly since: Since | null;
  readonly limit: number | null;
};

/** A command and its arguments. Snapshots are named as the person wrote them; the data folder is needed to resolve them. */
export type Command =
  | { readonly name: 'help'; readonly about: CommandName | null }
  | { readonly name: 'version' }
  | { readonly name: 'demo'; readonly dir: string }
  | { readonly name: 'cache'; readonly clear: boolean }
  | { readonly name: 'status' }
  | { readonly name: 'list'; readonly check: boolean; readonly filter: ListFilter }
  /** `chat` null: the snapshot as a whole. */
  | { readonly name: 'show'; readonly id: string; readonly chat: string | null }
  | {
      readonly name: 'diff';
      readonly id: string;
      /** Null: the database as it is now. */
      readonly otherId: string | null;
      /** Null: the figures of all tables; else the rows of this one. */
      readonly table: string | null;
      readonly offset: number;
      readonly limit: number;
    }
  | { readonly name: 'search'; readonly request: SearchRequest }
  | { readonly name: 'history'; readonly table: string; readonly key: readonly StoredValue[] }
  | { readonly name: 'verify'; readonly ids: readonly string[] }
  | { readonly name: 'take'; readonly kind: 'rewind' | 'periodic'; readonly ifDue: boolean }
  | ({
      readonly name: 'restore';
      readonly id: string;
      readonly options: RestoreOptions;
      readonly whileOpen: boolean;
    } & Applied)
  | ({ readonly name: 'undo'; readonly whileOpen: boolean } & RestoreConsents & Applied)
  /** `to` null: only show what can be saved. */
  | {
      readonly name: 'export';
      readonly id: string;
      readonly format: ExportFormat;
      readonly table: string | null;
      readonly to: string;
    }
  | {
      readonly name: 'salvage';
      readonly id: string;
      readonly to: string | null;
      readonly format: SalvageFormat;
    }
  | {
      readonly name: 'keep';
      readonly id: string;
      readonly label: { readonly name: string | null; readonly note: string | null };
    }
  | ({ readonly name: 'prune'; readonly policy: PrunePolicy } & Applied)
  /** `trashName` null: only list what can be put back. */
  | { readonly name: 'put-back'; readonly trashName: string | null }
  | ({ readonly name: 'empty-trash' } & Applied)
  | { readonly name: 'space' };

/** A command that needs the core. */
export type WorkingCommand = Exclude<Command, { readonly name: 'help' | 'version' }>;

/** A command that works in a data folder. */
export type FolderCommand = Exclude<WorkingCommand, { readonly name: 'cache' | 'demo' }>;

/** A parsed command line. `data` is null only if the command needs no data folder. */
export type Invocation = {
  readonly command: Command;
  readonly data: string | null;
  readonly db: string | null;
  readonly json: boolean;
};

/** Parses a command line, and looks at nothing else. @throws `usage` with one sentence that says what is wrong */
export function parseInvocation(args: readonly string[]): Invocation {
  const { values, positionals } = parseOptions(args);
  const json = values.json === true;
  const [word, ...operands] = positionals;
  const bare = { data: null, db: null, json };
  if (values.version === true) return { command: { name: 'version' }, ...bare };
  if (word === 'help' || values.help === true)
    return { command: { name: 'help', about: aboutWhat(word === 'help' ? operands[0] : word) }, ...bare };
  if (word === undefined) throw usage('A command is missing.');
  const name = commandName(word);
  for (const option of Object.keys(values))
    if (!goesWith(option, name)) throw usage(`“${name}” does not take the option --${option}.`, name);
  const command = parseCommand(name, operands, values);
  const { data = null, db = null } = values;
  if (data === null && goesWith('data', name))
    throw usage('The option --data DIR is missing: it names the data folder.', name);
  if (data === '' || db === '') throw usage('The options --data and --db need a path.', name);
  return { command, data, db, json };
}

function aboutWhat(word: string | undefined): CommandName | null {
  return word === undefined || word === 'help' ? null : commandName(word);
}

function commandName(word: string): CommandName {
  if (!isCommandName(word) || word === 'version') throw usage(`There is no command “${word}”.`);
  return word;
}

type Values = ReturnType<typeof parseOptions>['values'];

function parseOptions(args: readonly string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
      tokens: true,
    });
    const named = tokens.flatMap((token) =>
      token.kind === 'option' && token.name !== 'clear-table' ? [token.name] : [],
    );
    const twice = named.find((name, index) => named.indexOf(name) !== index);
    if (twice !== undefined) throw usage(`The option --${twice} is given twice.`);
    return { values, positionals };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      throw usage(error.message.replace(/\.\s.*$/su, '.'));
    throw error;
  }
}

function parseCommand(name: CommandName, operands: readonly string[], values: Values): Command {
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
    case 'search':
      return {
        name,
        request: {
          phrase: one(name, operands, 'a phrase to look for'),
          kind: values.kind ?? null,
          words: values.words === true,
        },
      };
    case 'history':
      return parseHistory(operands);
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
        whileOpen,
        ...applied,
      };
    case 'undo':
      none(name, operands);
      return { name, whileOpen, ...parseConsents(values), ...applied };
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
      return { name, policy: parsePolicy(operands, values), ...applied };
    case 'put-back':
      return {
        name,
        trashName: operands.length === 0 ? null : one(name, operands, 'a folder of the trash'),
      };
    case 'trash':
      return parseTrash(operands, applied);
    case 'space':
      none(name, operands);
      return { name };
    case 'cache':
      if (operands.length > 0 && one(name, operands, 'nothing, or “clear”') !== 'clear')
        throw usage('“cache” takes nothing, or “clear”.', name);
      return { name, clear: operands.length > 0 };
    case 'empty-trash':
      none(name, operands);
      return { name, ...applied };
  }
}

function parseExport(operands: readonly string[], { to, format, table }: Values): Command {
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

function parseSalvage(operands: readonly string[], { to, format }: Values): Command {
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

function parseTrash([action = 'list', ...operands]: readonly string[], applied: Applied): Command {
  if (applied.yes && action !== 'empty')
    throw usage(`“trash ${action}” does not take the option --yes.`, 'trash');
  switch (action) {
    case 'list':
      none('trash', operands);
      return { name: 'put-back', trashName: null };
    case 'put-back':
      return {
        name: 'put-back',
        trashName: one('trash', operands, 'the name of a prune, as “trash list” shows it,'),
      };
    case 'empty':
      none('trash', operands);
      return { name: 'empty-trash', ...applied };
    default:
      throw usage('“trash” takes “list”, “put-back NAME” or “empty”.', 'trash');
  }
}

/** So many rows are printed unless told otherwise. */
const ROWS_AT_ONCE = 100;

function parseDiff(operands: readonly string[], values: Values): Command {
  const { rows = false, table = null, limit, offset } = values;
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

/** A value of a key is given as text, or as `search` prints a BLOB: `{"base64": "…"}`. */
function parseHistory([table, ...key]: readonly string[]): Command {
  if (table === undefined || key.length === 0)
    throw usage('“history” needs a table and the key of a row.', 'history');
  const values = key.map((text) => {
    const base64 = /^\{\s*"base64":\s*"([A-Za-z0-9+/]*={0,2})"\s*\}$/.exec(text)?.[1];
    return base64 === undefined ? text : new Uint8Array(Buffer.from(base64, 'base64'));
  });
  return { name: 'history', table, key: values };
}

function parseFilter({ kind, since: from, limit }: Values): ListFilter {
  const most = limit === undefined ? null : wholeNumber('limit', limit);
  if (most === 0) throw usage('The option --limit needs a number above 0.', 'list');
  return { kind: kind ?? null, since: from === undefined ? null : since('since', from), limit: most };
}

function parseTake(values: Values): Command {
  const ifDue = values['if-due'] === true;
  const kind = choice('kind', values.kind, ['rewind', 'periodic'], ifDue ? 'periodic' : 'rewind');
  if (ifDue && kind !== 'periodic') throw usage('Only periodic snapshots can be due.', 'take');
  return { name: 'take', kind, ifDue };
}

function parseRestoreOptions(values: Values): RestoreOptions {
  return {
    ...parseConsents(values),
    mode: choice('mode', values.mode, ['full', 'projections'], 'full'),
    clearTables: values['clear-table'] ?? [],
  };
}

function parseConsents(values: Values): RestoreConsents {
  return {
    acceptDrift: values['accept-drift'] === true,
    acceptOtherTimeline: values['accept-other-timeline'] === true,
  };
}

function parsePolicy(ids: readonly string[], { kind, keep, 'older-than': olderThan }: Values): PrunePolicy {
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
