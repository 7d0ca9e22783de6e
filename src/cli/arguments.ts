import { type ParseArgsConfig, parseArgs } from 'node:util';
import { SnapbackError } from '../model/errors.ts';
import type { PrunePolicy } from '../model/prune.ts';
import type { RestoreConsents, RestoreOptions } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';

type Applied = {
  readonly yes: boolean;
  /** Apply exactly this plan, or refuse. */
  readonly planId: string | null;
};

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'demo'; readonly dir: string }
  | { readonly name: 'list'; readonly check: boolean }
  | { readonly name: 'show'; readonly id: SnapshotId }
  | { readonly name: 'diff'; readonly id: SnapshotId }
  | { readonly name: 'verify'; readonly ids: readonly SnapshotId[] }
  | { readonly name: 'take'; readonly kind: 'rewind' | 'periodic'; readonly ifDue: boolean }
  | ({
      readonly name: 'restore';
      readonly id: SnapshotId;
      readonly options: RestoreOptions;
      readonly whileOpen: boolean;
    } & Applied)
  | ({ readonly name: 'undo'; readonly whileOpen: boolean } & RestoreConsents & Applied)
  | ({ readonly name: 'prune'; readonly policy: PrunePolicy } & Applied)
  | ({ readonly name: 'empty-trash' } & Applied);

/** A command line that was understood. `data` is null only where the command needs no data folder. */
export type Invocation = {
  readonly command: Command;
  readonly data: string | null;
  readonly db: string | null;
  readonly json: boolean;
};

const OPTIONS = {
  data: { type: 'string' },
  db: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  check: { type: 'boolean' },
  kind: { type: 'string' },
  'if-due': { type: 'boolean' },
  mode: { type: 'string' },
  yes: { type: 'boolean' },
  'plan-id': { type: 'string' },
  'while-open': { type: 'boolean' },
  'accept-drift': { type: 'boolean' },
  'accept-other-timeline': { type: 'boolean' },
  'clear-table': { type: 'string', multiple: true },
  rewrite: { type: 'string' },
  keep: { type: 'string' },
  'older-than': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

type OptionName = keyof typeof OPTIONS;
type CommandName = Command['name'];

/** Beside `--json`, `--help` and `--version`, which go with every command. */
const ALLOWED: Readonly<Record<CommandName, readonly OptionName[]>> = {
  help: [],
  version: [],
  demo: [],
  list: ['data', 'db', 'check'],
  show: ['data', 'db'],
  diff: ['data', 'db'],
  verify: ['data', 'db'],
  take: ['data', 'db', 'kind', 'if-due'],
  restore: [
    'data',
    'db',
    'mode',
    'yes',
    'plan-id',
    'while-open',
    'accept-drift',
    'accept-other-timeline',
    'clear-table',
    'rewrite',
  ],
  undo: ['data', 'db', 'yes', 'plan-id', 'while-open', 'accept-drift', 'accept-other-timeline'],
  prune: ['data', 'db', 'kind', 'keep', 'older-than', 'yes', 'plan-id'],
  'empty-trash': ['data', 'db', 'yes', 'plan-id'],
};

/** Understands a command line without looking at anything else. Throws `usage` with one sentence that says what is wrong. */
export function parseInvocation(args: readonly string[]): Invocation {
  const { values, positionals } = parseOptions(args);
  const json = values.json === true;
  const [word, ...operands] = positionals;
  if (values.version === true) return { command: { name: 'version' }, data: null, db: null, json };
  if (values.help === true || word === 'help')
    return { command: { name: 'help' }, data: null, db: null, json };
  if (word === undefined) throw usage('A command is missing; “help” lists them.');
  if (!isCommandName(word)) throw usage(`There is no command “${word}”; “help” lists them.`);
  for (const option of Object.keys(values))
    if (option !== 'json' && !ALLOWED[word].some((allowed) => allowed === option))
      throw usage(`The option --${option} does not go with “${word}”.`);
  const command = parseCommand(word, operands, values);
  const { data = null, db = null } = values;
  if (data === null && ALLOWED[word].includes('data'))
    throw usage('The option --data DIR is missing: it names the data folder.');
  if (data === '' || db === '') throw usage('The options --data and --db need a path.');
  return { command, data, db, json };
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
    throw usage('The option --plan-id says which plan to apply and needs --yes.');
  switch (name) {
    case 'help':
    case 'version':
      return { name };
    case 'demo':
      return { name, dir: one(name, operands, 'the folder to build') };
    case 'list':
      none(name, operands);
      return { name, check: values.check === true };
    case 'show':
    case 'diff':
      return { name, id: one(name, operands, 'a snapshot') };
    case 'verify':
      if (operands.length === 0) throw usage('“verify” needs at least one snapshot.');
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
    case 'prune':
      return { name, policy: parsePolicy(operands, values), ...applied };
    case 'empty-trash':
      none(name, operands);
      return { name, ...applied };
  }
}

function parseTake(values: Values): Command {
  const ifDue = values['if-due'] === true;
  const kind = choice('kind', values.kind, ['rewind', 'periodic'], ifDue ? 'periodic' : 'rewind');
  if (ifDue && kind !== 'periodic') throw usage('Only periodic snapshots can be due.');
  return { name: 'take', kind, ifDue };
}

function parseRestoreOptions(values: Values): RestoreOptions {
  return {
    mode: choice('mode', values.mode, ['full', 'projections'], 'full'),
    ...parseConsents(values),
    clearTables: values['clear-table'] ?? [],
    rewrite: choice('rewrite', values.rewrite, ['differing', 'all'], 'differing'),
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
      throw usage('“prune” takes either snapshots or a policy, not both.');
    return { by: 'choice', ids };
  }
  if (kind === undefined || (keep === undefined) === (olderThan === undefined))
    throw usage(
      '“prune” needs --kind K with either --keep N or --older-than DAYS, or the snapshots to take.',
    );
  if (keep !== undefined) return { by: 'count', kind, keep: wholeNumber('keep', keep) };
  return { by: 'age', kind, olderThanDays: wholeNumber('older-than', olderThan ?? '') };
}

function one(name: CommandName, operands: readonly string[], what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined || operand === '') throw usage(`“${name}” needs ${what}.`);
  if (more.length > 0) throw usage(`“${name}” takes one operand only; “${more[0]}” is too many.`);
  return operand;
}

function none(name: CommandName, operands: readonly string[]): void {
  if (operands.length > 0) throw usage(`“${name}” takes no operand; “${operands[0]}” is too many.`);
}

function choice<T extends string>(
  option: OptionName,
  given: string | undefined,
  among: readonly T[],
  otherwise: T,
): T {
  if (given === undefined) return otherwise;
  const found = among.find((value) => value === given);
  if (found === undefined) throw usage(`The option --${option} is one of ${among.join(', ')}.`);
  return found;
}

function wholeNumber(option: OptionName, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`The option --${option} needs a whole number.`);
  return Number(text);
}

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(ALLOWED, word);
}

function usage(message: string): SnapbackError {
  return new SnapbackError('usage', message);
}
