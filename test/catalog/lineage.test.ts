import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { checkSnapshot, listSnapshots } from '../../src/catalog/catalog.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { applyUndo } from '../../src/recovery/undo.ts';
import { applyRestore } from '../../src/restore/restore.ts';
import { addEvents, CHATS, dumpChat, makeDatabase, makeRoot, putSnapshot, run } from '../support/place.ts';
import { findListed, makeRemembered } from '../support/remembered-chat.ts';
import { NOW, restoring } from '../support/requests.ts';

const root = makeRoot();

let folder: DataFolder;

beforeEach(async () => {
  folder = await makeRemembered(root());
});

const one = 'periodic/20260301T000000Z';

const find = (id: string, check = false) => findListed(folder, id, check);

describe('the timeline of a snapshot', () => {
  test('is the same while the log only grows, even in a list that reads no files', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    expect((await find(one, true)).lineage).toBe('same');
    run(folder, addEvents(3000));
    run(folder, 'UPDATE event_log SET hidden = 1, superseded_by = 9 WHERE id > 3');
    expect((await find(one)).lineage).toBe('same');
    expect((await checkSnapshot(folder, one)).lineage).toBe('same');
  });

  test('is the same after the log was cut, and another one once the log has grown again', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    run(folder, 'DELETE FROM event_log WHERE id > 3');
    expect((await find(one, true)).lineage).toBe('same');
    expect((await find(one)).lineage).toBe('same');
    run(folder, `DELETE FROM sqlite_sequence; ${addEvents(4, 'something else')}`);
    expect((await find(one)).lineage).toBe('unknown');
    expect((await find(one, true)).lineage).toBe('other');
    expect((await find(one)).lineage).toBe('other');
  });

  test('is the same for an empty log, and unknown for a snapshot without a log', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    await putSnapshot(folder, 'rewind/20260301T000000Z', '{"last_event_id": 5, "chats": []}');
    run(folder, 'DELETE FROM event_log');
    expect((await find(one, true)).lineage).toBe('same');
    expect((await find(one)).lineage).toBe('same');
    expect(await find('rewind/20260301T000000Z', true)).toMatchObject({
      health: 'good',
      lineage: 'unknown',
    });
  });

  test('is another one after the database was replaced by one with the same ids', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    expect((await find(one, true)).lineage).toBe('same');
    await rm(folder.databaseFile);
    makeDatabase(folder.databaseFile, CHATS);
    run(folder, addEvents(9, 'another world'));
    expect((await find(one)).lineage).toBe('unknown');
    expect((await find(one, true)).lineage).toBe('other');
  });

  test('is another one on a close look once a remembered event has changed', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    expect((await find(one, true)).lineage).toBe('same');
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
    expect((await find(one, true)).lineage).toBe('other');
    run(folder, addEvents(2));
    expect((await find(one)).lineage).toBe('other');
  });

  test('is not called the same by a list that reads no files once a remembered event has changed', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    expect((await find(one, true)).lineage).toBe('same');
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
    expect((await find(one)).lineage).toBe('unknown');
    run(folder, addEvents(2));
    expect((await find(one)).lineage).toBe('unknown');
    expect((await find(one, true)).lineage).toBe('other');
  });

  test.each([5, 20_006])(
    'is called the same at a glance at a log of %i events only while nobody writes to the database',
    async (events) => {
      if (events > 5) run(folder, addEvents(events - 5));
      await putSnapshot(folder, one, dumpChat(folder));
      // As if the database had rested for a while.
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
      try {
        expect((await find(one, true)).lineage).toBe('same');
        expect((await find(one)).lineage).toBe('same');
        run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
        expect((await find(one)).lineage).toBe('unknown');
        expect((await find(one, true)).lineage).toBe('other');
        run(folder, addEvents(2));
        expect((await find(one)).lineage).toBe('other');
      } finally {
        vi.useRealTimers();
      }
    },
  );

  test('is told only of those that went a separate way, where nothing else is asked for', async () => {
    const lineages = async () => {
      const list = await listSnapshots(folder, { lineages: 'other' });
      return Object.fromEntries(list.map(({ id, lineage }) => [id, lineage]));
    };
    await putSnapshot(folder, one, dumpChat(folder));
    run(folder, 'DELETE FROM event_log WHERE id > 3; DELETE FROM sqlite_sequence');
    run(folder, addEvents(4, 'something else'));
    await putSnapshot(folder, 'rewind/20260302T000000Z', dumpChat(folder));
    const told = { [one]: 'other', 'rewind/20260302T000000Z': 'unknown' };
    await listSnapshots(folder, { check: true });
    expect(await lineages()).toEqual(told);
    run(folder, addEvents(2));
    expect(await lineages()).toEqual(told);
    run(folder, 'DELETE FROM event_log WHERE id > 2');
    expect(await lineages()).toEqual({ ...told, [one]: 'unknown' });
  });

  test.each([5, 20_006])(
    'is not called another one any more once it was restored, in a log of %i events',
    async (events) => {
      if (events > 5) run(folder, addEvents(events - 5));
      await putSnapshot(folder, one, dumpChat(folder));
      run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
      await listSnapshots(folder, { check: true });
      const lineages = async () => {
        const list = await listSnapshots(folder, { lineages: 'other' });
        return list.filter(({ id }) => id === one).map(({ lineage }) => lineage);
      };
      expect(await lineages()).toEqual(['other']);
      await applyRestore(folder, restoring(one, { acceptOtherTimeline: true }), NOW);
      expect(await lineages()).toEqual(['unknown']);
      await applyUndo(folder, {}, NOW);
      await listSnapshots(folder, { check: true });
      run(folder, addEvents(2));
      expect(await lineages()).toEqual(['other']);
    },
  );

  test('is not called another one where the journal of restores may not be read, in a long log', async () => {
    run(folder, addEvents(20_001));
    await putSnapshot(folder, one, dumpChat(folder));
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
    const journal = join(folder.dir, 'snapback', 'journal.jsonl');
    // Nobody may read a journal that is a folder, not even root.
    await mkdir(journal, { recursive: true });
    expect((await find(one, true)).lineage).toBe('other');
    await rm(journal, { recursive: true });
    await applyRestore(folder, restoring(one, { acceptOtherTimeline: true }), NOW);
    await rm(journal);
    await mkdir(journal);
    expect((await find(one)).lineage).toBe('unknown');
    expect((await find(one, true)).lineage).toBe('same');
  });

  test('is another one if only the middle of the log differs', async () => {
    await putSnapshot(folder, one, dumpChat(folder));
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 2");
    expect((await find(one, true)).lineage).toBe('other');
  });
});
