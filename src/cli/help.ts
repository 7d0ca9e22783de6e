import { COMMANDS, type CommandName, type OptionName, optionsOf } from './options.ts';

type Said = { readonly operands: string; readonly does: string };

const SAID: { readonly [N in CommandName]: Said } = {
  status: { operands: '', does: 'says what was lost, and which snapshot brings it back' },
  list: { operands: '', does: 'lists snapshots by kind, newest first' },
  show: {
    operands: 'ID',
    does: 'reads one snapshot to its end and shows it and its chats, or the messages of one chat and what belongs to them (long values cut)',
  },
  verify: { operands: 'ID...', does: 'reads snapshots to their end; exit 1 if one is damaged' },
  diff: {
    operands: 'ID [OTHER]',
    does: 'shows what restoring ID would change now, or what leads from OTHER to ID, table by table or row by row',
  },
  search: {
    operands: 'PHRASE [file:PATH...]',
    does: 'finds a phrase in all snapshots and in the database, whatever its case and accents',
  },
  history: {
    operands: '[ENTRY | TABLE KEY...]',
    does: 'lists what was done here: restored, undone, taken, kept, saved, moved to the trash or deleted; shows one ENTRY with its receipt, or writes that with --to; with a table and a key, as “search” shows it, the versions of one row',
  },
  take: { operands: '', does: 'takes a snapshot now, of kind rewind (the default) or periodic' },
  restore: {
    operands: 'ID',
    does: 'prints the plan for a restore, or does it with --yes; of a part with --chat, --tables or --rows; --keep-newer or --merge keeps what was written since; --to writes a new database file instead',
  },
  undo: {
    operands: '[ENTRY]',
    does: 'prints the plan for taking back what was done last: a restore, or an undo (so a second “undo” does the restore again); or the ENTRY that “history” says Undo or Redo takes next; does it with --yes',
  },
  export: {
    operands: 'ID',
    does: 'writes what a snapshot holds into a new file: csv (one table), json or sqlite',
  },
  salvage: {
    operands: 'ID',
    does: 'shows what is whole of a damaged snapshot; with --to, writes that into a new file',
  },
  keep: {
    operands: 'ID',
    does: 'keeps a snapshot until you prune it by name, whatever the chat app removes; --name and --note say why',
  },
  prune: {
    operands: '[ID...]',
    does: 'prints which snapshots would be moved to the trash, by rule or by name; moves them with --yes',
  },
  trash: {
    operands: '[list | put-back NAME [ID...] | empty]',
    does: 'lists what can be put back, by prune; puts back what one prune moved, or some of it; “empty” prints what would be deleted for good, and deletes it with --yes',
  },
  space: { operands: '', does: 'shows what the snapshots take on the disk, by kind, and what could go' },
  'put-back': { operands: '[NAME [ID...]]', does: 'is the same as “trash list”, or “trash put-back NAME”' },
  'empty-trash': { operands: '', does: 'is the same as “trash empty”' },
  cache: {
    operands: '[clear]',
    does: 'shows what is kept of snapshots that were read, so that the next look is faster; deletes it when “clear” is given',
  },
  profile: {
    operands: 'check DIR | draft DIR',
    does: 'says what Snapback understands of a data folder and what can be done in it; drafts a profile for another chat app, to be corrected',
  },
  demo: { operands: 'DIR', does: 'builds a sample data folder with a mistaken rewind in it' },
  help: { operands: '[COMMAND]', does: 'shows this, or one command with its options' },
  version: { operands: '', does: 'shows the version' },
};

const GROUPS: readonly (readonly [title: string, commands: readonly CommandName[]])[] = [
  ['Look', ['status', 'list', 'show', 'verify', 'diff', 'search', 'history']],
  ['Take', ['take']],
  ['Restore', ['restore', 'undo', 'salvage', 'export']],
  ['Tidy up', ['keep', 'prune', 'trash', 'space', 'cache']],
  ['Other', ['profile', 'demo', 'help']],
];

const IDS = `A snapshot's ID is KIND/NAME, as “list” shows it. NAME alone is enough if only one kind has it.
“latest”, “latest-rewind”, “latest-periodic” and “latest-restore” work too. Kept ones are @kept/NAME.
file:PATH takes a file from anywhere instead, such as a backup of the database: file:../chat.db.bak.`;

const EXITS = 'Exit: 0 done, 1 refused or failed, 2 wrong usage.';

/** What `help` prints: all commands, or one with its options. */
export function describeHelp(about: CommandName | null): readonly string[] {
  return about === null ? describeAll() : describeOne(about);
}

function describeAll(): readonly string[] {
  return [
    'Snapback shows what an event-sourced chat database looked like at earlier moments and brings any of it back.',
    '',
    'Usage: snapback COMMAND --data DIR [OPTION...]',
    ...GROUPS.flatMap(([title, commands]) => [
      '',
      title,
      ...commands.map((name) => indent(callOf(name), SAID[name].does)),
    ]),
    '',
    'Options of most commands',
    ...(['data', 'db', 'json', 'help', 'version'] as const).map((option) => describeOption(option)),
    '',
    '“snapback help COMMAND” shows the options of a command.',
    ...IDS.split('\n'),
    EXITS,
  ];
}

function describeOne(name: CommandName): readonly string[] {
  const options: readonly OptionName[] = [...COMMANDS[name].options, 'json'];
  const data = options.includes('data') ? ' --data DIR' : '';
  return [
    `Usage: snapback ${callOf(name)}${data} [OPTION...]`,
    '',
    `“${name}” ${SAID[name].does}.`,
    '',
    'Options',
    ...options.map((option) => describeOption(option, name)),
    ...(/ID|file:/.test(SAID[name].operands) ? ['', ...IDS.split('\n')] : []),
  ];
}

function callOf(name: CommandName): string {
  return `${name} ${SAID[name].operands}`.trimEnd();
}

function describeOption(name: OptionName, command?: CommandName): string {
  const option = optionsOf(command)[name];
  return indent(`--${name}${'value' in option ? ` ${option.value}` : ''}`, option.means);
}

const TERM_WIDTH = 24;

/** A term with its meaning beside it, or below it where the term is too long for that. */
function indent(term: string, meaning: string): string {
  const gap =
    term.length <= TERM_WIDTH ? ' '.repeat(TERM_WIDTH - term.length) : `\n  ${' '.repeat(TERM_WIDTH)}`;
  return `  ${term}${gap}  ${meaning}`;
}
