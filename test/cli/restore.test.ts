import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { hasSystemCode } from '../../src/model/errors.ts';
import type { Loss } from '../../src/model/happened.ts';
import type { CopyReceipt, RestoreReceipt } from '../../src/model/receipt.ts';
import type { CopyPlan, RestorePlan } from '../../src/model/restore.ts';
import {
  ask,
  fingerprint,
  makeDemo,
  newest,
  pristine,
  readDump,
  readTables,
  refusal,
  run,
  start,
  type Tables,
  waitFor,
} from '../support/cli.ts';
import { hold } from '../support/process.ts';

type RowsJson = {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly change: string; readonly after: readonly unknown[] | null }[];
};

describe.concurrent('restoring', () => {
  test('keeps what was written since if asked to, and says which events the chat app applies at its next start', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--keep-newer');
    expect(plan).toMatchObject({ newerEventsLost: 0, refusals: [], replay: { events: [{ spoken: 3 }] } });
    const { replay } = await ask<RestoreReceipt>(
      dir,
      'restore',
      id,
      '--keep-newer',
      '--yes',
      '--plan-id',
      plan.planId,
    );
    expect(replay).toEqual({ fromEvent: plan.replay?.fromEvent, toEvent: plan.replay?.toEvent });
    expect(await run(['take', '--data', dir])).toEqual(refusal(1, 'events-not-applied'));
  });

  test('says beforehand how many rows each table has afterwards, whatever is kept or left out', async () => {
    for (const options of [['--accept-other-timeline'], ['--keep-newer'], ['--chat', 'Lighthouse']]) {
      const dir = await makeDemo();
      const id = await newest(dir, 'rewind');
      const { stdout } = await run(['restore', id, ...options, '--data', dir]);
      expect(stdout).toMatch(/^Table +After +Now +Comes back +Changed +Removed$/m);
      const told = [...stdout.matchAll(/^(\w+) +([\d,]+) +[\d,]+ +[\d,]+ +[\d,]+ +[\d,]+$/gm)];
      const { tables } = await ask<RestoreReceipt>(dir, 'restore', id, ...options, '--yes');
      expect(told.length).toBeGreaterThan(3);
      for (const [, name, rows = ''] of told)
        expect(tables, name).toContainEqual(
          expect.objectContaining({ name, rows: Number(rows.replaceAll(',', '')) }),
        );
    }
  });

  test('is rehearsed on a copy if asked to: told with the plan, and nothing is changed', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const before = await fingerprint(dir);
    const { rehearsal, ...plan } = await ask<RestorePlan & { readonly rehearsal: unknown }>(
      dir,
      ...['restore', id, '--keep-newer', '--rehearse'],
    );
    expect(plan.refusals).toEqual([]);
    expect(rehearsal).toMatchObject({
      ...{ state: 'done', planId: plan.planId, undo: { state: 'same' } },
      nextStart: { state: 'replays', toEvent: plan.replay?.toEvent },
    });
    const text = await run(['restore', id, '--accept-other-timeline', '--rehearse', '--data', dir]);
    expect(text.stdout).toMatch(
      /\nRehearsed on a copy: \d+ rows written in \d+ tables, all \d kinds of checks passed/,
    );
    expect(text.stdout).toContain('A rehearsal can’t show');
    expect(await fingerprint(dir)).toEqual(before);
    await ask(dir, 'restore', id, '--keep-newer', '--yes', '--plan-id', plan.planId);
    const undo = await ask<object>(dir, 'undo', '--rehearse');
    expect(undo).toMatchObject({ rehearsal: { state: 'done', undo: { state: 'same' } } });
  });

  test('that is killed in its rehearsal has changed nothing, and its copy goes with the next command', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const before = await fingerprint(dir);
    const copies = join(dir, '..', 'copies');
    await mkdir(copies);
    const env = { TMPDIR: copies };
    const { child, outcome } = start(['restore', id, '--keep-newer', '--rehearse', '--data', dir], { env });
    // The safety copy of the rehearsal is the first file of a kind in the private folder.
    // What else is there may vanish while it is listed, which only means to look again.
    const list = () =>
      readdir(copies, { recursive: true }).catch((error: unknown) => {
        if (hasSystemCode(error, 'ENOENT')) return [];
        throw error;
      });
    await waitFor(async () => (await list()).some((name) => /restore.\S+\.db$/.test(name)));
    child.kill('SIGKILL');
    await outcome;
    expect(await fingerprint(dir)).toEqual(before);
    await run(['list', '--data', dir], { env });
    expect(await readdir(copies)).toEqual([]);
    expect(await fingerprint(dir)).toEqual(before);
  });

  test('selects tables: the others stay, the rows that they need come along, and undo is exact', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--tables', 'memories, classifier_failures');
    expect(plan).toMatchObject({ refusals: [], options: { selection: { by: 'tables' } } });
    const scenes = plan.pulled.filter(({ table }) => table === 'scenes');
    for (const { because } of scenes) expect(because.table).toBe('memories');
    const text = await run(['restore', id, '--tables', 'memories', '--data', dir]);
    expect(text.stdout).toContain('Only the rows of the table memories go back to');
    expect(text.stdout).toContain('Everything else stays as it is now.');
    const flags = ['--tables', 'memories, classifier_failures', '--yes', '--plan-id', plan.planId];
    const receipt = await ask<RestoreReceipt>(dir, 'restore', id, ...flags);
    expect(receipt).toMatchObject({ isPart: true, part: { by: 'tables' } });
    expect((await run(['history', '--data', dir])).stdout).toContain(
      '* Brought back the tables memories and classifier_failures, as of ',
    );
    const now = readTables(dir);
    expect(now.memories).not.toEqual(mistaken.memories);
    expect(now.event_log).toEqual(mistaken.event_log);
    expect(now.chats).toEqual(mistaken.chats);
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(mistaken);
    expect(await run(['restore', id, '--tables', 'nonsense', '--data', dir])).toEqual(refusal(2, 'usage'));
  });

  test('selects a chat by its name: another one’s rows stay, and what nothing declares is named', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const { loss } = await ask<{ readonly loss: Loss }>(dir, 'status');
    const [{ chat, chatName } = { chat: '', chatName: '' }] = loss.returningEvents;
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--chat', chatName ?? '');
    expect(plan).toMatchObject({ refusals: [], options: { selection: { by: 'chat', chat } } });
    const { planId } = await ask<RestorePlan>(dir, 'restore', id, '--chat', chat ?? '');
    expect(planId).toBe(plan.planId);
    const { stdout } = await run(['restore', id, '--chat', chat ?? '', '--data', dir]);
    expect(stdout).toContain(`Only the messages and other rows of the chat ${chat} go back to`);
    await ask(dir, 'restore', id, '--chat', chat ?? '', '--yes', '--plan-id', planId);
    const isOwn = new RegExp(`chat_id\\W+${chat}\\W`);
    const others = ({ event_log: events = [] }: Tables) =>
      events.filter((event) => !isOwn.test(String(event)));
    expect(others(readTables(dir))).toEqual(others(mistaken));
    expect(readTables(dir).event_log).not.toEqual(mistaken.event_log);
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(mistaken);
    expect(await run(['restore', id, '--chat', 'nobody', '--data', dir])).toEqual(refusal(2, 'usage'));
  });

  test('selects the rows that a file names', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const diff = await ask<RowsJson>(dir, 'diff', id, '--table', 'memories', '--rows', '--limit', '1000');
    const lost = diff.rows.filter(({ change }) => change === 'added').slice(0, 2);
    const file = `${dir}-rows.json`;
    const at = diff.columns.indexOf('id');
    await writeFile(
      file,
      JSON.stringify(lost.map(({ after }) => ({ table: 'memories', key: [after?.[at]] }))),
    );
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--rows', file);
    expect(plan.tables.find(({ name }) => name === 'memories')).toMatchObject({
      added: 2,
      removed: 0,
      changed: 0,
    });
    expect(plan.related).toEqual([]);
    const taken = await ask<RestorePlan>(dir, 'restore', id, '--rows', file, '--related', 'operation');
    expect(taken.related).toEqual(expect.arrayContaining([{ table: 'event_log', rows: 37 }]));
    await ask(dir, '--rows', file, 'restore', id, '--yes', '--plan-id', plan.planId);
    expect(readTables(dir).memories).toHaveLength((mistaken.memories?.length ?? 0) + 2);
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(mistaken);
    for (const text of [
      '',
      '{}',
      '[]',
      '[{"table": "memories"}]',
      '[{"table": "memories", "key": [null]}]',
    ]) {
      await writeFile(file, text);
      expect(await run(['restore', id, '--rows', file, '--data', dir])).toEqual(refusal(2, 'usage'));
    }
    expect((await run(['restore', id, '--rows', `${file}-not`, '--data', dir])).status).toBe(1);
  });

  test('selects tables into a new file, too', async () => {
    const dir = await makeDemo();
    const [id, to, before] = [await newest(dir, 'rewind'), `${dir}-part.db`, await fingerprint(dir)];
    const flags = ['--tables', 'memories', '--to', to];
    const { planId } = await ask<CopyPlan>(dir, 'restore', id, ...flags);
    await ask<CopyReceipt>(dir, 'restore', id, ...flags, '--yes', '--plan-id', planId);
    expect(await fingerprint(dir)).toEqual(before);
    const count = (file: string, table: string) => {
      const db = new Database(file, { readonly: true });
      try {
        return db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
      } finally {
        db.close();
      }
    };
    expect(count(to, 'event_log')).toBe(readTables(dir).event_log?.length);
    expect(count(to, 'memories')).toBeGreaterThan(readTables(dir).memories?.length ?? 0);
  });

  test('into a new file leaves the database as it is', async () => {
    const dir = await makeDemo();
    const [id, to] = [await newest(dir, 'rewind'), `${dir}-then.db`];
    const before = await fingerprint(dir);
    const plan = await ask<CopyPlan>(dir, 'restore', id, '--to', to);
    expect(plan).toMatchObject({ to, refusals: [] });
    expect(
      await ask<CopyReceipt>(dir, 'restore', id, '--to', to, '--yes', '--plan-id', plan.planId),
    ).toMatchObject({
      ...{ planId: plan.planId, snapshotId: id, to },
    });
    expect(await fingerprint(dir)).toEqual(before);
    expect(await run(['restore', id, '--to', to, '--yes', '--data', dir])).toEqual(
      refusal(1, 'target-exists'),
    );
  });

  test('applies exactly the plan that was shown; undo takes it back, and undoing the undo applies it again', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--mode', 'full');
    expect(plan).toMatchObject({ action: 'restore', newerEventsLost: 3, refusals: [] });
    const receipt = await ask<RestoreReceipt>(
      dir,
      'restore',
      id,
      '--mode',
      'full',
      '--yes',
      '--plan-id',
      plan.planId,
    );
    expect(receipt).toMatchObject({
      planId: plan.planId,
      snapshotId: id,
      lastEventId: plan.snapshot.lastEventId,
    });
    expect(readTables(dir)).toEqual(await readDump(dir, id));
    expect(await newest(dir, 'periodic')).toBe(receipt.checkpointId);

    expect(await ask<RestorePlan>(dir, 'undo')).toMatchObject({
      action: 'undo',
      snapshot: { id: receipt.safetyCopyId },
    });
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(mistaken);
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(await readDump(dir, id));
  });

  test('brings back the projections alone, and the log stays', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    await ask(dir, 'restore', id, '--mode', 'projections', '--yes');
    expect(readTables(dir)).toEqual({ ...(await readDump(dir, id)), event_log: mistaken.event_log });
  });

  test('refuses an outdated plan, and changes nothing', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const { planId } = await ask<RestorePlan>(dir, 'restore', id);
    const db = new Database(join(dir, 'chat.db'));
    db.exec(`UPDATE chats SET title = 'Elsewhere' WHERE id = 'orchard'`);
    db.close();
    const before = await fingerprint(dir);
    expect(await run(['restore', id, '--yes', '--plan-id', planId, '--data', dir])).toEqual(
      refusal(1, 'plan-stale'),
    );
    expect(await fingerprint(dir)).toEqual(before);
  });

  test('refuses while another program has the database open, unless overridden', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const holder = await hold(join(dir, 'chat.db'), 'SELECT count(*) FROM event_log');
    try {
      expect(await run(['restore', id, '--yes', '--data', dir])).toEqual(refusal(1, 'database-in-use'));
      expect(await ask<RestorePlan>(dir, 'restore', id)).toMatchObject({
        refusals: [{ code: 'database-in-use' }],
      });
      expect(await ask<RestoreReceipt>(dir, 'restore', id, '--yes', '--while-open')).toMatchObject({
        whileOpen: true,
      });
    } finally {
      await holder.kill();
    }
  });

  test('stops at the first interrupt, and leaves the database as before', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const holder = await hold(join(dir, 'chat.db'), 'BEGIN IMMEDIATE');
    try {
      const { child, outcome } = start(['restore', id, '--yes', '--while-open', '--data', dir]);
      await waitFor(async () => (await readdir(join(dir, 'snapshots'))).includes('restore'));
      child.kill('SIGINT');
      expect(await outcome).toEqual(refusal(1, 'cancelled'));
    } finally {
      await holder.kill();
    }
    expect(readTables(dir)).toEqual(mistaken);
    expect(await readdir(join(dir, 'snapshots', 'restore'))).toEqual([]);
  });

  test('says that there is nothing to undo, or that a snapshot is damaged, missing, or not a snapshot', async () => {
    const damaged = (await readdir(join(pristine, 'snapshots', 'rewind'))).sort()[2]?.replace('.json', '');
    expect(await run(['undo', '--data', pristine])).toEqual(refusal(1, 'nothing-to-undo'));
    expect(await run(['restore', `rewind/${damaged}`, '--data', pristine])).toEqual(
      refusal(1, 'snapshot-damaged'),
    );
    expect(await run(['restore', 'rewind/20000101T000000Z', '--data', pristine])).toEqual(
      refusal(1, 'snapshot-missing'),
    );
    // Of a path only kind and name count, and the folder has none of that name.
    expect(await run(['restore', '../pristine/chat', '--data', pristine])).toEqual(
      refusal(1, 'snapshot-missing'),
    );
    expect(await run(['restore', '../chat', '--data', pristine])).toEqual(refusal(1, 'snapshot-unsafe'));
  });
});
