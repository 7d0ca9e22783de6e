import { describe, expect, test } from 'vitest';
import { parseInvocation } from '../../src/cli/arguments.ts';

const parse = (line: string) => parseInvocation(line.split(' ').filter(Boolean));

const everything = { kind: null, since: null, limit: null };

describe('a command line', () => {
  test('takes options before and after the command', () => {
    const expected = {
      command: { name: 'list', check: true, filter: everything },
      data: 'D',
      db: 'x.db',
      json: true,
    };
    expect(parse('list --data D --db x.db --json --check')).toEqual(expected);
    expect(parse('--json --check --data=D --db=x.db list')).toEqual(expected);
  });

  test('by default restores in full, and only plans', () => {
    expect(parse('restore rewind/a --data D').command).toEqual({
      name: 'restore',
      id: 'rewind/a',
      options: {
        mode: 'full',
        keepNewer: false,
        acceptDrift: false,
        acceptOtherTimeline: false,
        clearTables: [],
      },
      rowsIn: null,
      choicesIn: null,
      whileOpen: false,
      to: null,
      rehearse: false,
      startFrom: null,
      yes: false,
      planId: null,
    });
    expect(
      parse(
        'restore a/b --data D --mode projections --yes --plan-id P --while-open --accept-drift --accept-other-timeline --clear-table t --clear-table u',
      ).command,
    ).toEqual({
      name: 'restore',
      id: 'a/b',
      options: {
        mode: 'projections',
        keepNewer: false,
        acceptDrift: true,
        acceptOtherTimeline: true,
        clearTables: ['t', 'u'],
      },
      rowsIn: null,
      choicesIn: null,
      whileOpen: true,
      to: null,
      rehearse: false,
      startFrom: null,
      yes: true,
      planId: 'P',
    });
  });

  test('keeps newer events, or all but some', () => {
    const { command } = parse('restore a/b --data D --keep-newer --without 14,15');
    expect(command).toMatchObject({ options: { keepNewer: true, leaveOut: [14n, 15n] } });
  });

  test('merges, with the choices that are said, and a base if it is named', () => {
    const merged = (flags: string) => parse(`restore a/b --data D --merge ${flags}`).command;
    const choices = { all: null, tables: [] };
    expect(merged('')).toMatchObject({ options: { mode: 'full', merge: { baseId: null, choices } } });
    expect(merged('--base c/d --choices f.json')).toMatchObject({
      options: { merge: { baseId: 'c/d', choices } },
      choicesIn: 'f.json',
    });
    expect(merged('--mine')).toMatchObject({ options: { merge: { choices: { all: 'mine' } } } });
    expect(merged('--theirs')).toMatchObject({ options: { merge: { choices: { all: 'theirs' } } } });
  });

  test('restores selected tables, a chat, or the rows that a file names', () => {
    expect(parse('restore a/b --data D --tables memories,chats').command).toMatchObject({
      options: { mode: 'full', selection: { by: 'tables', tables: ['memories', 'chats'] } },
    });
    expect(parse('restore a/b --data D --chat c1').command).toMatchObject({
      options: { selection: { by: 'chat', chat: 'c1', withGuessed: false } },
    });
    expect(parse('restore a/b --data D --chat c1 --with-guessed').command).toMatchObject({
      options: { selection: { withGuessed: true } },
    });
    const named = { name: 'restore', id: 'a/b', rowsIn: 'f.json' };
    expect(parse('restore a/b --data D --rows f.json').command).toMatchObject(named);
    expect(parse('--rows f.json --data D restore a/b').command).toMatchObject(named);
    expect(
      parse('restore a/b --data D --rows f.json --related children --with-guessed').command,
    ).toMatchObject({
      options: { selection: { related: 'children', withGuessed: true } },
    });
    expect(parse('diff a/b --data D --table t --rows').command).toMatchObject({ name: 'diff', table: 't' });
  });

  test('searches files beside the snapshots, but for the phrase, whatever it looks like', () => {
    expect(parse('search a --data D file:x file:y').command).toMatchObject({
      request: { phrase: 'a' },
      files: ['file:x', 'file:y'],
    });
    expect(parse('search file:x file:y --data D').command).toMatchObject({
      request: { phrase: 'file:x' },
      files: ['file:y'],
    });
  });

  test('takes a snapshot from before a rewind by default, and a periodic one if due', () => {
    expect(parse('take --data D').command).toEqual({ name: 'take', kind: 'rewind', ifDue: false });
    expect(parse('take --data D --if-due').command).toEqual({ name: 'take', kind: 'periodic', ifDue: true });
    expect(parse('take --data D --kind periodic').command).toEqual({
      name: 'take',
      kind: 'periodic',
      ifDue: false,
    });
  });

  test('names the folder whose profile is checked or drafted', () => {
    expect(parse('profile check D --db x.db')).toEqual({
      command: { name: 'profile', action: 'check', dir: 'D' },
      data: null,
      db: 'x.db',
      json: false,
    });
    for (const line of [
      'profile',
      'profile D',
      'profile check',
      'profile check D E',
      'profile check D --to F',
    ])
      expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('limits the list by kind, age and number', () => {
    expect(parse('list --data D --kind rewind --since 2d --limit 5').command).toMatchObject({
      filter: { kind: 'rewind', since: { ageMs: 2 * 86_400_000 }, limit: 5 },
    });
    const from = (when: string) => parse(`list --data D --since ${when}`).command;
    expect(from('3h')).toMatchObject({ filter: { since: { ageMs: 10_800_000 } } });
    expect(from('2026-11-20')).toMatchObject({
      filter: { since: { iso: new Date(2026, 10, 20).toISOString() } },
    });
    expect(from('2026-11-20T14:00Z')).toMatchObject({
      filter: { since: { iso: '2026-11-20T14:00:00.000Z' } },
    });
  });

  test('prunes by count, by age or by choice', () => {
    const policy = (line: string) => {
      const { command } = parse(line);
      return command.name === 'prune' ? command.policy : null;
    };
    expect(policy('prune --data D --kind periodic --keep 3')).toEqual({
      by: 'count',
      kind: 'periodic',
      keep: 3,
    });
    expect(policy('prune --data D --kind rewind --older-than 14')).toEqual({
      by: 'age',
      kind: 'rewind',
      olderThanDays: 14,
    });
    expect(policy('prune --data D a/b c/d')).toEqual({ by: 'choice', ids: ['a/b', 'c/d'] });
  });

  test('needs no data folder for the demo, for help and for the version', () => {
    expect(parse('demo D')).toMatchObject({ command: { name: 'demo', dir: 'D' }, data: null });
    expect(parse('help').command).toEqual({ name: 'help', about: null });
    for (const line of ['restore --help', 'help restore', '-h restore'])
      expect(parse(line).command).toEqual({ name: 'help', about: 'restore' });
    expect(parse('--version --json')).toMatchObject({ command: { name: 'version' }, json: true });
  });
});

describe('wrong usage is refused with one sentence:', () => {
  test.each([
    ['no command', ''],
    ['an unknown command', 'frob --data D'],
    ['a name of Object.prototype for a command', 'constructor --data D'],
    ['an unknown option', 'list --data D --colour'],
    ['an option of another command', 'list --data D --keep 3'],
    ['no data folder', 'list'],
    ['an empty data folder', 'list --data='],
    ['an option without its value', 'list --data'],
    ['a value for an option that takes none', 'list --data D --json=yes'],
    ['an option given twice', 'list --data D --data E'],
    ['an operand too many', 'show a/b c/d --data D'],
    ['an operand where none belongs', 'list rewind --data D'],
    ['no snapshot to restore', 'restore --data D'],
    ['no snapshot to verify', 'verify --data D'],
    ['a table without a name', 'restore a/b --data D --tables memories,'],
    ['both tables and a chat', 'restore a/b --data D --tables memories --chat c1'],
    ['both rows and a chat', 'restore a/b --data D --rows f --chat c1'],
    ['rows without a file', 'restore a/b --data D --rows'],
    ['guesses without a chat', 'restore a/b --data D --tables memories --with-guessed'],
    ['guesses of single rows', 'restore a/b --data D --rows f --with-guessed'],
    ['what comes along with a chat', 'restore a/b --data D --chat c1 --related children'],
    ['an unknown size', 'restore a/b --data D --rows f --related all'],
    ['selected tables in a mode', 'restore a/b --data D --tables memories --mode full'],
    ['events left out of nothing', 'restore a/b --data D --without 14'],
    ['a word for an event', 'restore a/b --data D --keep-newer --without 14,x'],
    ['choices without a merge', 'restore a/b --data D --mine'],
    ['both sides of a merge', 'restore a/b --data D --merge --mine --theirs'],
    ['a merge with newer events', 'restore a/b --data D --merge --keep-newer'],
    ['a merge of a part', 'restore a/b --data D --merge --tables memories'],
    ['a merge in a mode', 'restore a/b --data D --merge --mode full'],
    ['a merge without its base', 'restore a/b --data D --merge --base='],
    ['selected tables with newer events', 'restore a/b --data D --tables memories --keep-newer'],
    ['an unknown mode', 'restore a/b --data D --mode half'],
    ['a rehearsal of what is done', 'restore a/b --data D --rehearse --yes'],
    ['a rehearsal of a new file', 'restore a/b --data D --rehearse --to f.db'],
    ['a plan to apply without --yes', 'restore a/b --data D --plan-id P'],
    ['an unknown kind to take', 'take --data D --kind restore'],
    ['a rewind snapshot that is due', 'take --data D --kind rewind --if-due'],
    ['prune without a policy', 'prune --data D'],
    ['half a policy', 'prune --data D --kind rewind'],
    ['two policies', 'prune --data D --kind rewind --keep 1 --older-than 2'],
    ['a policy and a choice', 'prune a/b --data D --kind rewind --keep 1'],
    ['a negative count', 'prune --data D --kind rewind --keep=-1'],
    ['a count that is no number', 'prune --data D --kind rewind --keep 1e3'],
    ['no folder for the demo', 'demo'],
    ['help for an unknown command', 'help frob'],
    ['an age without a unit', 'list --data D --since 3'],
    ['a day that does not exist', 'list --data D --since 2026-02-30'],
    ['no snapshot at most', 'list --data D --limit 0'],
    ['an option that does not exist', 'restore a/b --data D --rewrite all'],
    ['a data folder for the demo', 'demo D --data E'],
  ])('%s', (_, line) => {
    const refuse = () => parse(line);
    expect(refuse).toThrow(expect.objectContaining({ name: 'SnapbackError', code: 'usage' }));
    expect(refuse).toThrow(/^[^\n]+$/);
  });
});
