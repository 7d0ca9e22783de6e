import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { ActionHistory, ExportedReceipt, HistoryEntry } from '../../src/model/history.ts';
import type { RestoreReceipt } from '../../src/model/receipt.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { ask, makeDemo, newest, pristine, readTables, refusal, run } from '../support/cli.ts';

/** `history` without a table, and `undo` of one of its entries. */
describe.concurrent('the history of actions', () => {
  test('is empty where nothing was done', async () => {
    expect(await ask<ActionHistory>(pristine, 'history')).toEqual({
      entries: [],
      held: null,
      undo: null,
      redo: null,
    });
    const { stdout, status } = await run(['history', '--data', pristine]);
    expect([status, stdout]).toEqual([
      0,
      'Nothing has been restored, taken, kept or moved to the trash here yet.\n',
    ]);
  });

  test('lists each action by what it brought back, and Undo goes back one restore at a time', async () => {
    const dir = await makeDemo();
    const [id, states] = [await newest(dir, 'rewind'), [readTables(dir)]];
    const older = await newest(dir, 'periodic');
    for (const one of [id, older]) {
      await ask<RestoreReceipt>(dir, 'restore', one, '--yes');
      states.push(readTables(dir));
    }
    for (const expected of [states[1], states[0]]) {
      const { undo } = await ask<ActionHistory>(dir, 'history');
      const plan = await ask<RestorePlan>(dir, 'undo', undo ?? '');
      expect(plan).toMatchObject({ action: 'undo', snapshot: { id: undo }, refusals: [] });
      const { stdout: shown } = await run(['undo', '--data', dir]);
      expect(shown).toMatch(/^(?:Undo|Redo) of “.+”\n/);
      await ask<RestoreReceipt>(dir, 'undo', undo ?? '', '--yes', '--plan-id', plan.planId);
      expect(readTables(dir)).toEqual(expected);
    }
    const { entries, held, redo } = await ask<ActionHistory>(dir, 'history');
    expect(entries.map(({ kind }) => kind)).toEqual(['undo', 'undo', 'restore', 'restore']);
    expect([held, redo]).toEqual([null, entries[0]?.id]);
    const { stdout } = await run(['history', '--data', dir]);
    expect(stdout).toMatch(/^All of these were undone/);
    expect(stdout).toContain('Undo of “Brought back Lighthouse, 20 messages”');
    expect(stdout).toContain(`snapback undo ${redo}\n`);
    expect(stdout.match(/snapback undo/g)).toHaveLength(1);
  });

  test('shows one entry with its receipt, by its id or name, and writes it into a new file', async () => {
    const dir = await makeDemo();
    const receipt = await ask<RestoreReceipt>(dir, 'restore', await newest(dir, 'rewind'), '--yes');
    const { safetyCopyId } = receipt;
    const name = safetyCopyId.replace('restore/', '');
    for (const given of [safetyCopyId, name])
      expect(await ask<HistoryEntry>(dir, 'history', given)).toMatchObject({ id: safetyCopyId, receipt });
    const to = `${dir}-receipt.json`;
    expect(await ask<ExportedReceipt>(dir, 'history', name, '--to', to)).toMatchObject({
      id: safetyCopyId,
      file: to,
    });
    const written = JSON.parse(await readFile(to, 'utf8'));
    expect(written).toMatchObject({ format: 'snapback-receipt', kind: 'restore', receipt });
    expect(written.text.join('\n')).toContain('ok  All rows match');
    expect(await run(['history', name, '--to', to, '--data', dir])).toEqual(refusal(1, 'target-exists'));
  });

  test('refuses an entry that is not there, and to undo one that is not next, with the reason', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const { safetyCopyId } = await ask<RestoreReceipt>(dir, 'restore', id, '--yes');
    await ask<RestoreReceipt>(dir, 'undo', '--yes');
    expect(await run(['history', 'nothing', '--data', dir])).toEqual(refusal(2, 'usage'));
    const refused = await run(['undo', safetyCopyId, '--data', dir]);
    expect(refused).toEqual(refusal(1, 'nothing-to-undo'));
    expect(refused.stderr).toContain('It is undone already');
  });

  test.each([
    ['history', '--to', 'x.json'],
    ['history', 'chats', 'c1', '--to', 'x.json'],
    ['history', 'entry', '--to', ''],
    ['undo', 'restore/a', 'restore/b'],
  ])('refuses %j %j %j as wrong usage', async (...args) => {
    expect((await run([...args, '--data', pristine])).status).toBe(2);
  });
});
