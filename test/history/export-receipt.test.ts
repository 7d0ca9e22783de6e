import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportReceipt, keepSnapshot, readHistory } from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { codeOf, errorOf, makeDir, makeRoot } from '../support/place.ts';
import { act, beginSequence } from '../support/sequence.ts';

const root = makeRoot();
const TEXT = ['Restore to today', '  All checks passed'];

async function restored() {
  const { place, folder, ids } = await beginSequence(root());
  await act('A', place, folder, ids);
  const [entry] = (await readHistory(folder)).entries;
  if (entry === undefined || !('receipt' in entry)) throw new TypeError('Nothing was restored.');
  return { place, folder, ids, entry };
}

describe.concurrent('an exported receipt', () => {
  test('holds the receipt with all its figures, and the same in words', async () => {
    const { folder, entry } = await restored();
    const to = join(await makeDir(root()), 'receipt.json');
    const written = await exportReceipt(folder, { entry, to, text: TEXT });
    const content = await readFile(to, 'utf8');
    expect(written).toEqual({ id: entry.id, file: to, sizeBytes: Buffer.byteLength(content) });
    const { receipt, ...rest } = JSON.parse(content);
    expect(rest).toEqual({
      format: 'snapback-receipt',
      version: 1,
      id: entry.id,
      kind: 'restore',
      text: TEXT,
    });
    const { lastEventId, ...figures } = entry.receipt ?? {};
    expect(receipt).toEqual({ ...figures, lastEventId: Number(lastEventId) });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
  });

  test('keeps whole numbers exact that JavaScript would round', async () => {
    const { folder, entry } = await restored();
    if (entry.receipt === null) throw new TypeError('There is no receipt.');
    const huge = { ...entry, receipt: { ...entry.receipt, lastEventId: 9_223_372_036_854_775_807n } };
    const to = join(await makeDir(root()), 'receipt.json');
    await exportReceipt(folder, { entry: huge, to, text: TEXT });
    expect(await readFile(to, 'utf8')).toContain('"lastEventId": 9223372036854775807');
  });

  test('never replaces a file, nor is it written among the chat app’s files or Snapback’s', async () => {
    const { place, folder, entry } = await restored();
    const dir = await makeDir(root());
    const to = join(dir, 'mine.json');
    await writeFile(to, 'mine');
    expect(await codeOf(exportReceipt(folder, { entry, to, text: TEXT }))).toBe('target-exists');
    expect(await readFile(to, 'utf8')).toBe('mine');
    expect(await readdir(dir)).toEqual(['mine.json']);
    await mkdir(join(place.dir, 'snapshots/rewind'), { recursive: true });
    for (const inside of ['snapshots/rewind/r.json', 'snapback/r.json', 'snapback/../snapback/r.json'])
      expect(await codeOf(exportReceipt(folder, { entry, to: join(place.dir, inside), text: TEXT }))).toBe(
        'usage',
      );
  });

  test('is refused for an entry without one, with the reason', async () => {
    const { place, folder, ids } = await beginSequence(root());
    await keepSnapshot(folder, ids.A);
    await killAtCommit(place, ids.A, { committed: true });
    const to = join(await makeDir(root()), 'receipt.json');
    for (const entry of (await readHistory(folder)).entries) {
      const { code, message } = await errorOf(exportReceipt(folder, { entry, to, text: TEXT }));
      const why = 'receipt' in entry ? 'Snapback stopped' : 'has a receipt';
      expect([code, message]).toEqual(['usage', expect.stringContaining(why)]);
    }
  });
});
