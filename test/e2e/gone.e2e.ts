import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Page } from '@playwright/test';
import { button, CONFIRM, hero, named, RESTORE, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { countSnapshots, listKind, readDatabase, readSnapshotFile } from './judge.ts';
import { replyLate } from './late-reply.ts';
import { look } from './look-at.ts';

/** Longer than the folder’s watcher waits between two looks. */
const LATE_MS = 2_500;

test('a snapshot that disappears while it is read is reported as gone, and no other takes its place', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('20 messages');
  const [newest = ''] = listKind(demo, 'rewind');
  rmSync(join(demo, 'snapshots', `${newest}.json`));
  await expect(page.getByRole('alert')).toContainText('This snapshot is gone');
  await expect(button(page, RESTORE)).toBeHidden();
  await expect(page.getByRole('option')).toHaveCount(countSnapshots(demo));
  await expect(page.getByRole('option', { selected: true })).toHaveCount(0);
  await button(page, 'Show another one').click();
  await expect(hero(page)).toBeVisible();
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
});

test('after pruning the snapshot that is shown, another one is shown without an alarm', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('20 messages');
  const alarms = await collect(page, '[role=alert]');
  // The window is told that the folder has changed long before it learns that this was its own doing.
  await replyLate(app, 'prune.apply', LATE_MS);
  await button(page, 'Prune…').click();
  await text(page, 'The ones I select').click();
  await page.getByRole('alertdialog').getByRole('option').first().click();
  await button(page, 'Move 1 snapshot to the trash').click();
  await button(page, 'Move it all the same').click();
  await expect(text(page, /^1 snapshot, .* moved to the trash: it stays in/)).toBeVisible();
  await expect(hero(page)).not.toContainText('20 messages');
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
  expect(await alarms()).toEqual([]);

  await test.step('and while the trash is emptied, the question stays as it was asked', async () => {
    const titles = await collect(page, '[role=alertdialog] [slot=title]');
    await replyLate(app, 'trash.empty', LATE_MS);
    await button(page, 'Show trash').click();
    await button(page, /^Delete for good/).click();
    await button(page, /^Delete 1 snapshot, free/).click();
    await button(page, 'Delete it all the same').click();
    await expect(text(page, /^1 snapshot, .* deleted for good/)).toBeVisible();
    expect(new Set(await titles())).toEqual(
      new Set(['Trash', 'Delete 1 snapshot for good?', 'Delete it for good all the same?']),
    );
  });
});

/** Collects every text that such a part of the window shows from now on, however shortly. */
async function collect(page: Page, selector: string): Promise<() => Promise<readonly string[]>> {
  await page.evaluate((parts) => {
    const seen: string[] = [];
    Reflect.set(window, parts, seen);
    new MutationObserver(() => {
      for (const part of document.querySelectorAll(parts)) seen.push(part.textContent ?? '');
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  }, selector);
  return () => page.evaluate((parts) => Reflect.get(window, parts), selector);
}

test('a folder that is gone for a while is reported, its contents stay on screen, and it comes back by itself', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('20 messages');
  const count = countSnapshots(demo);
  renameSync(demo, `${demo}-elsewhere`);
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(count);
  renameSync(`${demo}-elsewhere`, demo);
  await expect(hero(page)).toContainText('20 messages');
  await expect(page.getByRole('alert')).toBeHidden();
});

test('where the database is gone, a snapshot and an older copy give a new one: verified, named, and nothing overwritten', async ({
  place,
  demo,
}, info) => {
  const backup = join(place.folder, 'backup.db');
  const lost = new DatabaseSync(join(demo, 'chat.db'));
  lost.exec(`VACUUM INTO '${backup}'`);
  lost.close();
  const { app, page } = await place.launch({ data: demo });
  const snapshot = listKind(demo, 'rewind').at(0) ?? '';
  const dialog = page.getByRole('alertdialog');
  const [first, second] = [join(place.home, 'first'), join(place.home, 'second')];
  for (const folder of [first, second]) mkdirSync(folder);
  await answerDialogs(app, { open: backup, save: join(first, 'chat.db') });

  await test.step('started from a file that the person chooses', async () => {
    await expect(hero(page)).toContainText('20 messages');
    for (const end of ['', '-wal', '-shm']) rmSync(join(demo, `chat.db${end}`), { force: true });
    await button(page, 'Make a working copy…').click();
    await expect(dialog).toContainText('It starts from an older copy of the database');
    await look(app, page, info, 'working-copy-asked');
    const before = countSnapshots(demo);
    await button(dialog, 'Choose an older copy…').click();
    await expect(named(page, 'alertdialog', 'Written into a new file')).toContainText(
      /chat\.db in ~.first holds your chats as they were .*, and everything else as it is in backup\.db\./,
    );
    await expect(dialog).toContainText(/Verified: \d+ tables match the snapshot/);
    await look(app, page, info, 'working-copy-made');
    expect(readDatabase(first)).toMatchObject(readSnapshotFile(demo, snapshot));
    expect(countSnapshots(demo)).toBe(before);
    await button(dialog, 'Show in folder').click();
    await expect
      .poll(() => app.evaluate(() => Reflect.get(globalThis, 'shown')))
      .toBe(join(first, 'chat.db'));
    await button(dialog, 'Done').click();
  });

  await test.step('never over a file that is there', async () => {
    await button(page, 'Make a working copy…').click();
    await button(dialog, 'Choose an older copy…').click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await button(dialog, 'Cancel').click();
    expect(readDatabase(first)).toMatchObject(readSnapshotFile(demo, snapshot));
  });

  await test.step('and from the newest safety copy where there is one', async () => {
    cpSync(backup, join(demo, 'chat.db'));
    await button(page, RESTORE).click();
    await button(dialog, CONFIRM).press(' ');
    await button(dialog, 'Done').click();
    for (const end of ['-wal', '-shm']) rmSync(join(demo, `chat.db${end}`), { force: true });
    writeFileSync(join(demo, 'chat.db'), '');
    await answerDialogs(app, { open: null, save: join(second, 'chat.db') });
    await named(page, 'option', /^Before the rewind/)
      .first()
      .click();
    await button(page, 'Make a working copy…').click();
    await expect(dialog).toContainText('It starts from the newest safety copy here');
    await button(dialog, 'Make a working copy…').click();
    await expect(dialog).toContainText(/chat\.db in ~.second holds .* was in the safety copy made at/);
    expect(readDatabase(second)).toMatchObject(readSnapshotFile(demo, snapshot));
  });
});

/** What the system's dialogs answer, and where the file manager notes what it shows. `open` null: it is dismissed. */
async function answerDialogs(
  app: ElectronApplication,
  answers: { readonly open: string | null; readonly save: string },
): Promise<void> {
  await app.evaluate(({ dialog, shell }, { open, save }) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: open === null, filePaths: open === null ? [] : [open] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save });
    shell.showItemInFolder = (path) => Object.assign(globalThis, { shown: path });
  }, answers);
}

test('a folder without snapshots says what will appear there, and offers no pruning', async ({
  place,
  demo,
}) => {
  rmSync(join(demo, 'snapshots'), { recursive: true });
  mkdirSync(join(demo, 'snapshots'));
  const { page } = await place.launch({ data: demo });
  await expect(text(page, 'No snapshots yet')).toBeVisible();
  await expect(text(page, 'Nothing to compare yet')).toBeVisible();
  await expect(button(page, 'Prune…')).toBeDisabled();
  await button(page, 'Take snapshot').click();
  await button(page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(await story(page)).toHaveText('Identical to now.');
  await expect(button(page, 'Prune…')).toBeEnabled();
});
