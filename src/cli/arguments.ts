import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { usage } from './option-values.ts';
import { type CommandName, goesWith, isCommandName, OPTIONS, optionsOf } from './options.ts';
import { parseCommand } from './parse-command.ts';

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

function parseOptions(args: readonly string[]) {
  try {
    // Only the command tells whether an option has a value.
    const { positionals: words } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
      strict: false,
    });
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: optionsOf(words.find(isCommandName)),
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
