import type { ParseArgsConfig, parseArgs } from 'node:util';

/** Every option, with its value and its meaning. */
export const OPTIONS = {
  data: { type: 'string', value: 'DIR', means: 'the data folder' },
  db: { type: 'string', value: 'FILE', means: 'its database, if there are several' },
  json: { type: 'boolean', means: 'one JSON document on stdout and nothing else; errors too' },
  help: { type: 'boolean', short: 'h', means: 'what a command does and its options' },
  version: { type: 'boolean', means: 'the version' },
  chat: {
    type: 'string',
    value: 'CHAT',
    means: 'one chat, by its id or name: shows its kept, lost and newer messages',
  },
  check: { type: 'boolean', means: 'reads every snapshot to its end' },
  kind: { type: 'string', value: 'KIND', means: 'rewind, periodic, restore, or another folder of snapshots' },
  since: {
    type: 'string',
    value: 'WHEN',
    means: 'only those since then: 2026-11-20, 2026-11-20T14:00, 3h, 2d or 1w',
  },
  limit: { type: 'string', value: 'N', means: 'at most N: of a list, the newest; of rows, 100 unless given' },
  offset: { type: 'string', value: 'N', means: 'leaves out the first N rows' },
  table: { type: 'string', value: 'NAME', means: 'one table' },
  rows: { type: 'boolean', means: 'shows the rows of --table that differ, each before and after' },
  words: { type: 'boolean', means: 'finds the phrase only as whole words' },
  'if-due': { type: 'boolean', means: 'takes a checkpoint only if one is due, and keeps the newest' },
  mode: {
    type: 'string',
    value: 'MODE',
    means: 'full (the default), or projections: derived data is rebuilt, messages stay',
  },
  'keep-newer': {
    type: 'boolean',
    means: 'keeps what was written since; the chat app adds it again when it starts next',
  },
  without: {
    type: 'string',
    value: 'EVENTS',
    means: 'leaves out some of what --keep-newer keeps: ids of events, with commas between them',
  },
  merge: {
    type: 'boolean',
    means:
      'merges the snapshot with what was written since, row by row, for a chat app that would not add it again',
  },
  base: {
    type: 'string',
    value: 'ID',
    means:
      'the snapshot from just after the rewind, which shows a merge who changed a row; looked for unless given',
  },
  mine: { type: 'boolean', means: 'keeps rows that both sides of a merge changed as they are now' },
  theirs: { type: 'boolean', means: 'takes such rows as they are in the snapshot' },
  choices: {
    type: 'string',
    value: 'FILE',
    means:
      'chooses by table or row, as FILE says: JSON such as {"chats": "mine", "memories": [{"key": [3], "take": "theirs"}]}',
  },
  tables: {
    type: 'string',
    value: 'NAMES',
    means: 'restores only these tables, with commas between them, and the rows that they need of others',
  },
  rehearse: {
    type: 'boolean',
    means: 'also tries it out on a private copy, with its undo, and says what was measured; changes nothing',
  },
  'with-guessed': {
    type: 'boolean',
    means:
      'with --chat or --related, also restores rows that only the name of a column ties to the chat or the rows',
  },
  related: {
    type: 'string',
    value: 'SIZE',
    means:
      'with --rows, what comes along: none (the default: only rows that they need), children (also what belonged to them), or operation (also all else that the same rewind took)',
  },
  yes: { type: 'boolean', means: 'does it; without it, only the plan is printed' },
  'plan-id': { type: 'string', value: 'PLAN', means: 'does exactly this plan, or refuses; needs --yes' },
  'only-copies': {
    type: 'boolean',
    means: 'also moves or deletes a snapshot that alone can bring back something lost; needs --yes',
  },
  'while-open': { type: 'boolean', means: 'restores even though another program has the database open' },
  'accept-drift': {
    type: 'boolean',
    means: 'accepts that values are left out, links break, or values are uncertain',
  },
  'accept-other-timeline': {
    type: 'boolean',
    means: 'accepts that newer messages are removed by a snapshot that went a separate way',
  },
  'clear-table': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    means: 'empties a table that is empty in the snapshot (can be repeated)',
  },
  to: { type: 'string', value: 'FILE', means: 'the file to write; it must not exist yet' },
  'start-from': {
    type: 'string',
    value: 'FILE',
    means:
      'starts the new file from FILE instead of the database: an older copy of it, which gives the tables and whatever the snapshot does not hold',
  },
  format: {
    type: 'string',
    value: 'FORMAT',
    means: 'json or sqlite; an export can be csv, too, for one table',
  },
  name: { type: 'string', value: 'NAME', means: 'what to call the kept snapshot' },
  note: { type: 'string', value: 'TEXT', means: 'why it is kept' },
  keep: { type: 'string', value: 'N', means: 'all but the newest N' },
  'older-than': { type: 'string', value: 'DAYS', means: 'those older than DAYS' },
} as const satisfies NonNullable<ParseArgsConfig['options']> & {
  readonly [name: string]: { readonly value?: string; readonly means: string };
};

export type OptionName = keyof typeof OPTIONS;

/** Options that are another one with this command. */
const OWN_OPTIONS = {
  restore: {
    chat: {
      type: 'string',
      value: 'CHAT',
      means: 'restores only what belongs to one chat, named by its id or name',
    },
    rows: {
      type: 'string',
      value: 'FILE',
      means: 'restores only the rows that FILE names: a JSON list of {"table": NAME, "key": [VALUE, ...]}',
    },
  },
} as const;

/** Every option as it is with this command. */
export function optionsOf(command: string | undefined) {
  return command === 'restore' ? { ...OPTIONS, ...OWN_OPTIONS.restore } : OPTIONS;
}

/** The options of one command line. */
export type OptionValues = Omit<
  ReturnType<typeof parseArgs<{ readonly options: typeof OPTIONS }>>['values'],
  'rows'
> & { readonly rows?: boolean | string };

const APPLIED = ['yes', 'plan-id'] as const;
const CONSENTS = ['while-open', 'accept-drift', 'accept-other-timeline'] as const;

/** Every command with its options. All commands also take `--json` and `--help`. */
export const COMMANDS = {
  status: { options: ['data', 'db'] },
  list: { options: ['data', 'db', 'kind', 'since', 'limit', 'check'] },
  show: { options: ['data', 'db', 'chat'] },
  verify: { options: ['data', 'db'] },
  diff: { options: ['data', 'db', 'table', 'rows', 'limit', 'offset'] },
  search: { options: ['data', 'db', 'kind', 'words'] },
  history: { options: ['data', 'db', 'to'] },
  take: { options: ['data', 'db', 'kind', 'if-due'] },
  restore: {
    options: [
      'data',
      'db',
      'mode',
      'keep-newer',
      'without',
      'merge',
      'base',
      'mine',
      'theirs',
      'choices',
      'chat',
      'with-guessed',
      'related',
      'tables',
      'rows',
      'to',
      'rehearse',
      'start-from',
      ...APPLIED,
      ...CONSENTS,
      'clear-table',
    ],
  },
  undo: { options: ['data', 'db', 'rehearse', ...APPLIED, ...CONSENTS] },
  export: { options: ['data', 'db', 'format', 'table', 'to'] },
  salvage: { options: ['data', 'db', 'to', 'format'] },
  keep: { options: ['data', 'db', 'name', 'note'] },
  prune: { options: ['data', 'db', 'kind', 'keep', 'older-than', ...APPLIED, 'only-copies'] },
  trash: { options: ['data', 'db', ...APPLIED, 'only-copies'] },
  space: { options: ['data', 'db'] },
  'put-back': { options: ['data', 'db'] },
  'empty-trash': { options: ['data', 'db', ...APPLIED, 'only-copies'] },
  cache: { options: [] },
  profile: { options: ['db', 'to'] },
  demo: { options: [] },
  help: { options: [] },
  version: { options: [] },
} as const satisfies { readonly [name: string]: { readonly options: readonly OptionName[] } };

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** Whether a command takes an option. */
export function goesWith(option: string, command: CommandName): boolean {
  const options: readonly string[] = COMMANDS[command].options;
  return option === 'json' || option === 'help' || options.includes(option);
}
