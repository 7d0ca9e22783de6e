import { describe, expect, test } from 'vitest';
import { ask, pristine, run } from '../support/cli.ts';

type Searched = {
  readonly hits: readonly {
    readonly table: string;
    readonly key: readonly unknown[];
    readonly column: string;
    readonly text: string;
    readonly in: readonly string[];
    readonly live: boolean;
  }[];
  readonly notSearched: readonly { readonly id: string }[];
};

describe.concurrent('searching', () => {
  test('finds a phrase with the snapshots that hold it, and its row over time', async () => {
    const { hits, notSearched } = await ask<Searched>(pristine, 'search', 'KEEPER of the light');
    expect(Object.keys(hits[0] ?? {})).toEqual(['table', 'key', 'column', 'text', 'in', 'live']);
    expect(hits.map(({ table, column, live }) => [table, column, live])).toEqual([
      ['event_log', 'payload_json', true],
      ['bots', 'persona', true],
    ]);
    expect(notSearched).toHaveLength(1);
    const [event] = hits;
    expect(event?.text).toContain('Keeper of the light');
    const key = event?.key.map(String) ?? [];
    const { versions } = await ask<{ versions: readonly { row: Record<string, unknown>; live: boolean }[] }>(
      pristine,
      'history',
      'event_log',
      ...key,
    );
    expect(versions.map(({ row, live }) => [row.id, live])).toEqual([[event?.key[0], true]]);
  });

  test('can be limited to one kind and to whole words', async () => {
    const { hits } = await ask<Searched>(pristine, 'search', 'keeper', '--kind', 'rewind', '--words');
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.flatMap((one) => one.in).every((id) => id.startsWith('rewind/'))).toBe(true);
    expect(hits.every(({ text }) => /\bkeeper\b/i.test(text))).toBe(true);
  });

  test('says in words what it found, and what it could not search', async () => {
    const { status, stdout } = await run(['search', 'keeper of the light', '--data', pristine]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/2 hits, newest first:[\s\S]*in the database now and in \d+ snapshots/);
    expect(stdout).toMatch(/Not searched:\n {2}rewind\/\S+: The file is damaged/);
    const none = await run(['search', 'xyzzy', '--data', pristine]);
    expect(none.stdout).toMatch(/^“xyzzy” is in none of \d+ snapshots, nor in the database now\./);
  });

  test('names the same snapshot as the newest one for a hit and for its row', async () => {
    const phrase = 'put the letter on the table and did not look away';
    const { hits } = await ask<Searched>(pristine, 'search', phrase);
    const hit = hits.find(({ table }) => table === 'memories');
    const [newest = ''] = hit?.in ?? [];
    expect(newest).toMatch(/^rewind\//);
    const row = await run(['history', 'memories', ...(hit?.key ?? []).map(String), '--data', pristine]);
    expect(row.stdout).toContain(`snapshots, the newest ${newest}\n`);
  });

  test.each([['search'], ['search', 'a', 'b'], ['history', 'chats'], ['history', 'chats', 'a', 'b']])(
    'refuses %j as wrong usage',
    async (...args) => {
      expect((await run([...args, '--data', pristine])).status).toBe(2);
    },
  );
});
