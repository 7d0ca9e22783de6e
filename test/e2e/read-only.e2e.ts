import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownMounts } from '../support/mounts.ts';
import { expectAccessible } from './axe.ts';
import { button, hero, named, RESTORE, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { readDatabase } from './judge.ts';

const electronPath: unknown = createRequire(import.meta.url)('electron');

/** A program that runs the app with `dir` on a file system that can only be read, as seen by the app alone. */
function readOnlyWrapper(place: string, dir: string): string {
  const wrapper = join(place, 'read-only.sh');
  const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"';
  const command = (ownMounts ?? []).join(' ');
  writeFileSync(
    wrapper,
    `#!/bin/sh\nexec ${command} sh -c '${mount} && exec "$@"' '${dir}' '${String(electronPath)}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return wrapper;
}

test('a read-only database says so at once and on the greyed-out buttons, and can be looked at', async ({
  place,
  demo,
}) => {
  test.skip(ownMounts === undefined, 'this system allows no mounts of one’s own');
  // In WAL mode a database in a folder that can only be read is viewed as a copy, which is another message.
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec('PRAGMA journal_mode = DELETE');
  db.close();
  const { app, page } = await place.launch({ data: demo, wrapper: readOnlyWrapper(place.folder, demo) });
  await expect(hero(page)).toContainText('20 messages');
  await expect(text(page, 'The database can only be read.')).toBeVisible();
  for (const name of [RESTORE, 'Take snapshot', 'Prune…']) await expect(button(page, name)).toBeDisabled();
  await named(page, 'tab', 'Details').click();
  await expect(
    text(page, /not taken or restored: the database or its folder can’t be written\.$/),
  ).toBeVisible();
  await expectAccessible(app, page, 'a database that can only be read');
  await test.step('and what was lost is written into a new file elsewhere', async () => {
    const file = join(place.home, 'elsewhere.db');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    const before = readDatabase(demo);
    await button(page, 'Into a new file…').click();
    const question = page.getByRole('alertdialog');
    await expect(text(question, 'Restoring isn’t possible: the database can’t be written to.')).toBeVisible();
    await button(question, 'Into a new file…').click();
    await expect(named(page, 'alertdialog', 'Written into a new file')).toContainText('elsewhere.db in ~');
    expect(readDatabase(demo)).toEqual(before);
    expect(existsSync(file)).toBe(true);
  });
});
