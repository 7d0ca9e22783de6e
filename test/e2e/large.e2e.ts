import { BACK, button, CONFIRM, named, RESTORE } from './find.ts';
import { expect, test } from './fixtures.ts';
import { growDatabase } from './host.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';

test('a database that is checked in a thread of its own is restored as any other', async ({
  place,
  demo,
}) => {
  growDatabase(demo);
  const before = readDatabase(demo);
  const [newest = ''] = listKind(demo, 'rewind');
  const { page } = await place.launch({ data: demo });
  await button(page, RESTORE).click();
  await button(page, CONFIRM).click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  expect(checkDatabase(demo)).toEqual({ integrity: 'ok', broken: 0 });
  expect(readDatabase(demo).memories).toEqual(readSnapshotFile(demo, newest).memories);
  expect(readDatabase(demo)).not.toEqual(before);
});
