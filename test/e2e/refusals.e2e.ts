import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { BACK, button, CONFIRM, hero, named, RESTORE, text } from './find.ts';
import { dropOnWindow, expect, findCore, test } from './fixtures.ts';
import { crashHost, endHost, startHost } from './host.ts';
import { checkDatabase, countSnapshots, listKind, readDatabase, writeMessage } from './judge.ts';

/** Checks that an error says what happened, what is unharmed, and what to do. */
async function expectError(page: Page, title: string, happened: RegExp): Promise<void> {
  const note = page.getByRole('alert');
  await expect(named(note, 'heading', title)).toBeVisible();
  await expect(note).toContainText(happened);
  await expect(note.locator('.unharmed')).not.toBeEmpty();
}

async function openRestore(page: Page): Promise<void> {
  await button(page, RESTORE).click();
  await expect(button(page, CONFIRM)).toBeVisible();
}

test('a folder that is not a data folder is refused in words, and what was open stays open', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  const folder = (name: string, files: Readonly<Record<string, string>>) => {
    const dir = join(place.folder, name);
    mkdirSync(dir);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text);
    return dir;
  };

  await dropOnWindow(page, folder('holiday', { 'notes.txt': 'nothing here' }));
  await expectError(page, 'No chat database here', /No chat database in .*holiday/);

  await dropOnWindow(page, folder('secret', { 'chat.db': 'not SQLite at all, '.repeat(100) }));
  await expectError(page, 'This is not an SQLite database', /encrypted.*chat\.db/);

  const two = folder('two', {});
  for (const name of ['chat.db', 'old.db']) copyFileSync(join(demo, 'chat.db'), join(two, name));
  await dropOnWindow(page, two);
  await expectError(page, 'More than one chat database here', /chat\.db, old\.db/);
  await expect(button(page, 'Choose the database file…')).toBeVisible();

  await dropOnWindow(page, folder('profiled', { 'snapback-profile.json': '{"tables": 7}' }));
  await expectError(page, 'The folder’s profile is not valid', /snapback-profile\.json/);

  await test.step('one of several databases is opened by naming its file', async () => {
    await dropOnWindow(page, join(two, 'old.db'));
    await expect(named(page, 'heading', 'two')).toBeVisible();
    await expect(text(page, 'No snapshots yet')).toBeVisible();
  });

  await dropOnWindow(page, join(place.folder, 'holiday'));
  await expectError(page, 'No chat database here', /holiday/);
  await button(page, 'Stay with two').click();
  await expect(named(page, 'heading', 'two')).toBeVisible();
});

test('a folder that is gone is named at the start, and can be removed from the recent ones', async ({
  place,
  demo,
}) => {
  const first = await place.launch({ data: demo });
  await expect(hero(first.page)).toBeVisible();
  await first.app.close();
  renameSync(demo, `${demo}-moved`);
  const { page } = await place.launch();
  await expectError(page, 'The folder is missing', /lighthouse-chats/);
  await button(page, 'Forget lighthouse-chats').click();
  await expect(named(page, 'heading', 'Recent')).toBeHidden();
});

test('a damaged snapshot says where it breaks off and can’t be restored', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await page.getByRole('option').filter({ hasText: 'damaged' }).click();
  await expectError(page, 'This snapshot is damaged', /damaged/);
  await expect(button(page, RESTORE)).toBeDisabled();
});

test('while the chat app is running, a restore needs a second consent, and notices at once when the app is closed', async ({
  place,
  demo,
}) => {
  const host = await startHost(demo);
  const { page } = await place.launch({ data: demo });
  await openRestore(page);
  const dialog = page.getByRole('alertdialog');
  const confirm = button(dialog, CONFIRM);
  await expect(text(dialog, 'Close the chat app first.')).toBeVisible();
  await expect(dialog).toContainText(`(process ${host.pid}) has the database open`);
  await expect(confirm).toBeDisabled();
  await text(page, 'Restore anyway').click();
  await expect(confirm).toBeEnabled();
  host.kill();
  await once(host, 'exit');
  await expect(text(page, 'Close the chat app first.')).toBeHidden();
  await expect(confirm).toBeEnabled();

  await test.step('a consent does not apply to a program that opens the database later; given again, the receipt records it', async () => {
    const next = await startHost(demo);
    await expect(dialog).toContainText(`(process ${next.pid}) has the database open`);
    await expect(confirm).toBeDisabled();
    await text(page, 'Restore anyway').click();
    await confirm.click();
    await expect(named(page, 'alertdialog', BACK)).toContainText(
      'while another program had the database open',
    );
    next.kill();
  });
});

test('if the database changes during the confirmation, the user has to look again', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await openRestore(page);
  await expect(button(page, 'Bring back 20 messages')).toBeEnabled();
  writeMessage(demo, 'Are you still there?');
  const renew = button(page, 'Show the new figures');
  await expect(renew).toBeVisible();
  await expect(button(page, 'Bring back 20 messages')).toBeDisabled();
  await renew.click();
  await expect(page.getByRole('alertdialog')).toContainText('4 newer messages stay');
  await expect(button(page, 'Bring back 20 messages')).toBeEnabled();
});

/** A restore that has written its safety copy and now waits up to 5 s for a writer. */
async function beginRestore(page: Page, dir: string): Promise<ChildProcess> {
  const writer = await startHost(dir, true);
  await openRestore(page);
  await text(page, 'Restore anyway').click();
  await button(page, CONFIRM).click();
  await expect(text(page, 'Waiting for another program to unlock the database…')).toBeVisible();
  return writer;
}

test('a core that is killed during a restore leaves the database as it was, and restarts', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const writer = await beginRestore(page, demo);
  process.kill(await findCore(app), 'SIGKILL');
  await endHost(writer);
  const ended = named(page, 'alertdialog', 'Not restored');
  await expect(ended).toContainText('stopped unexpectedly');
  await expect(ended).toContainText('It changed nothing in the database.');
  expect(readDatabase(demo)).toEqual(before);
  expect(checkDatabase(demo)).toEqual({ integrity: 'ok', broken: 0 });
  await button(page, 'Close').click();
  await expect(text(page, 'A part of Snapback stopped unexpectedly and was started again.')).toBeVisible();
  await expect(hero(page)).toContainText('20 messages');
  await expect(text(page, /^Restored to/)).toBeHidden();

  await test.step('and the next restore works', async () => {
    await openRestore(page);
    await button(page, CONFIRM).click();
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  });
});

test('quitting during a restore asks first, leaves the database as it was, and needs no cleaning up', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const writer = await beginRestore(page, demo);
  const answer = (response: number) =>
    app.evaluate(({ dialog, BrowserWindow }, number) => {
      dialog.showMessageBox = () => {
        Reflect.set(globalThis, 'answered', number);
        return Promise.resolve({ response: number, checkboxChecked: false });
      };
      BrowserWindow.getAllWindows()[0]?.close();
    }, response);
  await answer(0);
  await expect.poll(() => app.evaluate(() => Reflect.get(globalThis, 'answered'))).toBe(0);
  await expect(named(page, 'alertdialog', 'Restoring')).toBeVisible();
  const ended = app.waitForEvent('close');
  await answer(1);
  await ended;
  await endHost(writer);
  expect(readDatabase(demo)).toEqual(before);
  expect(checkDatabase(demo)).toEqual({ integrity: 'ok', broken: 0 });

  const again = await place.launch();
  await expect(
    text(again.page, /^The last restore was stopped before it was finished\. It was rolled back/),
  ).toBeVisible();
  await expect(hero(again.page)).toContainText('20 messages');
  await expect(text(again.page, /^Restored to/)).toBeHidden();
  expect(
    readdirSync(join(demo, 'snapshots'), { recursive: true })
      .map(String)
      .filter((name) => name.includes('.') && !name.endsWith('.json')),
  ).toEqual([]);
});

test('after the whole app crashes during a restore, the next start says once how it ended', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const writer = await beginRestore(page, demo);
  const ended = app.waitForEvent('close');
  const core = await findCore(app);
  app.process().kill('SIGKILL');
  process.kill(core, 'SIGKILL');
  await ended;
  await endHost(writer);
  expect(readDatabase(demo)).toEqual(before);

  const again = await place.launch({ data: demo });
  await expect(text(again.page, /^The last restore was stopped before it was finished/)).toBeVisible();
  await expect(hero(again.page)).toContainText('20 messages');
  await again.app.close();
  const third = await place.launch({ data: demo });
  await expect(hero(third.page)).toContainText('20 messages');
  await expect(text(third.page, /^The last restore was stopped/)).toBeHidden();
});

test('cancelling a restore takes everything back', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const listed = countSnapshots(demo);
  const writer = await beginRestore(page, demo);
  // The safety copy is there, but may still be taken back: the list leaves it out.
  expect(listKind(demo, 'restore')).toHaveLength(1);
  const lines = page.locator('.snapshot-list').getByRole('option', { includeHidden: true });
  await expect(lines).toHaveCount(listed);
  await button(named(page, 'alertdialog', 'Restoring'), 'Cancel').click();
  await expect(named(page, 'alertdialog', 'Nothing was changed')).toBeVisible();
  await expect(lines).toHaveCount(listed);
  writer.kill();
  expect(readDatabase(demo)).toEqual(before);
  expect(listKind(demo, 'restore')).toEqual([]);
});

test('a restore waits for a writer that does not let go, then gives up with nothing changed', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const writer = await beginRestore(page, demo);
  await expectError(page, 'Another program is using the database', /locked too long/);
  await endHost(writer);
  expect(readDatabase(demo)).toEqual(before);
  expect(listKind(demo, 'restore')).toEqual([]);
  await button(page, 'Try again').click();
  await button(page, CONFIRM).click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
});

test('a database that can only be read as a copy is shown, and nothing can be written', async ({
  place,
  demo,
}) => {
  await crashHost(demo);
  const { page } = await place.launch({ data: demo });
  await expect(text(page, 'You are viewing a copy.')).toBeVisible();
  await expect(hero(page)).toContainText('20 messages');
  for (const name of [RESTORE, 'Take snapshot', 'Prune…']) await expect(button(page, name)).toBeDisabled();
});

test('if the database is gone, the snapshots can be looked at, and nothing is claimed about the database', async ({
  place,
  demo,
}) => {
  for (const end of ['', '-wal', '-shm']) rmSync(join(demo, `chat.db${end}`), { force: true });
  const { page } = await place.launch({ data: demo });
  await expect(named(page, 'listbox', 'Snapshots').getByRole('option').first()).toBeVisible();
  await expect(text(page, 'There is no chat database to compare with or to restore into.')).toBeVisible();
  await expect(text(page, 'No chat database')).toBeVisible();
  await expect(button(page, RESTORE)).toBeDisabled();
  await expect(button(page, 'Take snapshot')).toBeDisabled();
  await expect(page.locator('body')).not.toContainText(/as it was|as they were/);
  await named(page, 'searchbox', 'Search everything that ever was').fill('sealed letter');
  const hits = named(page, 'grid', 'Hits').getByRole('row');
  for (const onlyGone of [false, true]) {
    if (onlyGone) await named(page, 'checkbox', 'Only what is gone now').press('Space');
    await expect(page.getByRole('status').filter({ hasText: /^\d+ hits$/ })).toBeVisible();
    await expect(hits.first()).toContainText('Snapshots: ');
    await expect(hits.filter({ hasText: /gone|hidden|still there/ })).toHaveCount(0);
  }
});
