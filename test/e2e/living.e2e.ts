import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { snapshotTime } from '../../src/index.ts';
import { BACK, button, CONFIRM, hero, named, RESTORE, restoredBanner, story, text } from './find.ts';
import { dropOnWindow, expect, test } from './fixtures.ts';
import { countSnapshots, listKind, writeMessage } from './judge.ts';
import { replyLate } from './late-reply.ts';

const root = resolve(import.meta.dirname, '../..');

test('what the chat app does meanwhile appears by itself', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('3 newer messages in Harbour stay');
  const snapshots = named(page, 'listbox', 'Snapshots').getByRole('option');
  const count = countSnapshots(demo);
  // Only the lines on the screen are built, but each says how many there are.
  const expectListed = (number: number) =>
    expect(snapshots.first()).toHaveAttribute('aria-setsize', String(number));
  await expectListed(count);
  await expect(page.locator('.head-facts')).toHaveText(/^chat\.db · .* · [\d,]+ events not in use$/);

  await test.step('a new checkpoint, an unknown kind, and one that disappears', async () => {
    const [newest = ''] = listKind(demo, 'periodic');
    const file = (id: string) => join(demo, 'snapshots', `${id}.json`);
    copyFileSync(file(newest), file('periodic/20990101T000000Z'));
    await expectListed(count + 1);
    mkdirSync(join(demo, 'snapshots/weekly'));
    copyFileSync(file(newest), file(newest.replace('periodic', 'weekly')));
    await expect(named(page, 'option', /^“weekly” snapshot/)).toHaveCount(1);
    rmSync(file('periodic/20990101T000000Z'));
    await expectListed(count + 1);
  });

  await test.step('the snapshot that is shown stays, even when a newer one from before a rewind appears', async () => {
    const [newest = ''] = listKind(demo, 'rewind');
    const title = await page.getByRole('heading', { level: 2 }).textContent();
    copyFileSync(
      join(demo, 'snapshots', `${newest}.json`),
      join(demo, 'snapshots/rewind/20990101T000000Z.json'),
    );
    await expectListed(count + 2);
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(title ?? '');
  });

  await test.step('a new message changes the comparison', async () => {
    await expect(named(page, 'feed', /^Messages of/)).toBeVisible();
    const marked = await rememberMarked(page);
    writeMessage(demo, 'One more thing.');
    await expectTold(page, '4 newer messages in Harbour stay');
    // An answer may already know of a change of which the window has yet to hear.
    await expect
      .poll(() => lookAgain(page).then(marked), 'until then the old answers are marked')
      .toEqual(expect.arrayContaining(['hero happened', 'view']));
  });

  await test.step('what takes long to find out says that it is old, until it is asked for', async () => {
    await replyLate(app, 'folder.happened', 2_500);
    writeMessage(demo, 'And one more.');
    await expectTold(page, '5 newer messages in Harbour stay');
    let newer = 5;
    // A look that is under way may know of the next message as well, but not of all that follow.
    await expect(async () => {
      newer += 1;
      writeMessage(demo, `And message ${newer}.`);
      const old = text(hero(page), 'The database has changed since this was found out.');
      await expect(old).toBeVisible({ timeout: 5_000 });
    }).toPass();
    await button(hero(page), 'Look again').press('Enter');
    await expectTold(page, `${newer} newer messages in Harbour stay`);
    await expect(page.locator(':focus')).toHaveCount(1);
  });

  await test.step('health is checked in the background', async () => {
    await story(page);
    await expect(page.locator('.about')).toContainText('intact');
  });
});

/** On a busy machine the card waits until it is asked. */
async function lookAgain(page: Page): Promise<void> {
  const again = button(hero(page), 'Look again');
  if (await again.isVisible()) await again.press('Enter', { timeout: 1_000 }).catch(() => undefined);
}

/** Waits until the card says this of how the chats are now. */
async function expectTold(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await lookAgain(page);
    await expect(hero(page)).toContainText(words, { timeout: 5_000 });
    await expect(hero(page)).toHaveAttribute('aria-busy', 'false', { timeout: 5_000 });
    await expect(button(hero(page), 'Look again')).toBeHidden({ timeout: 1 });
  }).toPass();
}

/** Collects the classes of what says of itself, now or from now on, that a newer answer is on its way. */
async function rememberMarked(page: Page): Promise<() => Promise<readonly string[]>> {
  const marked = await page.evaluateHandle(() => {
    const classes = [...document.querySelectorAll('[aria-busy="true"]')].map(({ className }) => className);
    new MutationObserver((changes) => {
      for (const { target } of changes)
        if (target instanceof Element && target.ariaBusy === 'true') classes.push(target.className);
    }).observe(document.body, { subtree: true, attributeFilter: ['aria-busy'] });
    return classes;
  });
  return () => marked.evaluate((classes) => [...classes]);
}

test('a restored state, the folder and the window’s position are there again after a restart', async ({
  place,
  demo,
}) => {
  const first = await place.launch({ data: demo });
  await resize(first.app, 950, 640);
  await button(first.page, RESTORE).click();
  await button(first.page, CONFIRM).click();
  await expect(named(first.page, 'alertdialog', BACK)).toBeVisible();
  await first.app.close();

  const { app, page } = await place.launch();
  await expect(restoredBanner(page)).toBeVisible();
  await expect(named(page, 'heading', 'lighthouse-chats')).toBeVisible();
  await expect
    .poll(() =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds().width),
    )
    .toBe(950);
  await button(page, 'More').click();
  await named(page, 'menuitem', 'Close this folder').click();
  await button(page, /^lighthouse-chats/).click();
  await expect(restoredBanner(page)).toBeVisible();
});

test('a development start with nothing to open shows the demo, and later what was opened last', async ({
  place,
  demo,
}) => {
  const first = await place.launch({ args: ['--demo-if-new'] });
  await expect(text(first.page, 'Sample data.')).toBeVisible();
  await dropOnWindow(first.page, demo);
  await expect(named(first.page, 'heading', 'lighthouse-chats')).toBeVisible();
  await first.app.close();
  const { page } = await place.launch({ args: ['--demo-if-new'] });
  await expect(named(page, 'heading', 'lighthouse-chats')).toBeVisible();
});

test('a second start hands its folder to the window that is already open', async ({ place, demo }) => {
  const { page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  const electron: string = createRequire(import.meta.url)('electron');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const second = spawn(electron, [
    `--user-data-dir=${join(place.folder, 'user')}`,
    ...sandbox,
    root,
    '--data',
    demo,
  ]);
  await expect(named(page, 'heading', 'lighthouse-chats')).toBeVisible();
  second.kill();
});

/** A program that runs the app, and starts it again as soon as there is a window, which has not loaded by then. */
function startTwice(place: string, dir: string | null): string {
  const [hook, wrapper] = [join(place, 'second-start.cjs'), join(place, 'second-start.sh')];
  const handedOver = JSON.stringify({ dir, demoIfNew: false });
  writeFileSync(
    hook,
    `const { app } = require('electron');
     app.once('browser-window-created', () => app.emit('second-instance', {}, [], '', ${handedOver}));`,
  );
  const electron: string = createRequire(import.meta.url)('electron');
  writeFileSync(wrapper, `#!/bin/sh\nexec '${electron}' -r '${hook}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

test('a second start before the window has loaded has it show the folder that the second one names', async ({
  place,
  demo,
  demoOnce,
}) => {
  const { page } = await place.launch({ data: demo, wrapper: startTwice(place.folder, demoOnce) });
  await expect(named(page, 'heading', 'Snapback Demo')).toBeVisible();
});

test('a second start that names no folder leaves the first one its own, also where that cannot be opened', async ({
  place,
}) => {
  const data = join(place.folder, 'not-there');
  const { page } = await place.launch({ data, wrapper: startTwice(place.folder, null) });
  await expect(named(page, 'heading', 'The folder is missing')).toBeVisible();
});

test('every menu command works, and is greyed out when it makes no sense', async ({ place, demo }) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  await expect.poll(() => enabledCommands(app)).toEqual(['open', 'help']);
  await choose(app, 'help');
  await expect(named(page, 'alertdialog', 'Keyboard shortcuts')).toBeVisible();
  await page.keyboard.press('Escape');

  const opened = await place.launch({
    data: demo,
    args: [`--user-data-dir=${join(place.folder, 'other-user')}`],
  });
  await expect(hero(opened.page)).toBeVisible();
  await expect
    .poll(() => enabledCommands(opened.app))
    .toEqual(['open', 'reveal', 'take', 'restore', 'prune', 'history', 'trash', 'help']);
  for (const [command, title] of [
    ['take', 'Take a snapshot now?'],
    ['restore', /^Bring Lighthouse back as it was /],
    ['prune', 'Move snapshots to the trash?'],
    ['history', 'History'],
  ] as const) {
    await expect.poll(() => enabledCommands(opened.app)).toContain(command);
    await choose(opened.app, command);
    const dialog = named(opened.page, 'alertdialog', title);
    await expect(dialog).toBeVisible();
    await expect.poll(() => enabledCommands(opened.app)).toEqual(['help']);
    await opened.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('the words of the list and the timeline follow the time: their day at midnight, and how long a snapshot stays', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  // So that the newest snapshot is of today at any hour.
  const [newestId = ''] = listKind(demo, 'periodic');
  const takenAt = snapshotTime(newestId.replace('periodic/', ''));
  await page.clock.install({ time: takenAt ?? new Date() });
  await page.reload();
  await expect(hero(page)).toBeVisible();
  const list = named(page, 'navigation', 'Snapshots of this folder');
  const soon = named(list, 'option', /removed in 2 days/);
  const newest = page.locator('.timeline-mark').last();
  await expect(text(list, 'Today')).toBeVisible();
  await expect(soon).toHaveCount(1);
  await expect(newest).toHaveAttribute('aria-label', /today/);
  await page.clock.fastForward('24:00:00');
  await expect(text(list, 'Yesterday')).toBeVisible();
  await expect(text(list, 'Today')).toBeHidden();
  await expect(soon).toHaveCount(0);
  await expect(named(list, 'option', /removed in/).first()).toBeVisible();
  await expect(newest).toHaveAttribute('aria-label', /yesterday/);
});

test('a snapshot of either kind can be taken and is shown', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  const [rewinds, checkpoints] = [listKind(demo, 'rewind'), listKind(demo, 'periodic')];
  await takeSnapshot(page, 'Keep it for 14 days');
  expect(listKind(demo, 'rewind')).toHaveLength(rewinds.length + 1);
  await expect(await story(page)).toHaveText('Identical to now.');
  await takeSnapshot(page, 'As a checkpoint');
  expect(listKind(demo, 'periodic')).toHaveLength(checkpoints.length + 1);
});

test('the menu opens for a press that came before its code', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await expect(named(page, 'listbox', 'Snapshots')).toBeVisible();
  const held = Promise.withResolvers<void>();
  await page.route(/later-[^/]*\.js$/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.reload();
  await expect(named(page, 'listbox', 'Snapshots')).toBeVisible();
  await expect(page.getByRole('tab')).toHaveCount(0);
  await button(page, 'More').press('Enter');
  held.resolve();
  await expect(named(page, 'menuitem', 'Reveal the folder')).toBeVisible();
  await expect(page.getByRole('menu')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem').and(page.locator(':focus'))).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button(page, 'More')).toBeFocused();
});

test('the colours follow the chosen theme', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await button(page, 'More').click();
  await named(page, 'menuitemradio', 'Dark').click();
  await expect.poll(background).toBe('rgb(20, 23, 27)');
  await button(page, 'More').click();
  await expect(named(page, 'menuitemradio', 'Dark')).toHaveAttribute('aria-checked', 'true');
  await named(page, 'menuitemradio', 'Light').click();
  await expect.poll(background).toBe('rgb(246, 247, 249)');
  await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('light');
});

async function takeSnapshot(page: Page, how: string): Promise<void> {
  await button(page, 'Take snapshot').click();
  const dialog = page.getByRole('alertdialog');
  await text(dialog, how).click();
  await button(dialog, 'Take snapshot').click();
  await expect(dialog).toBeHidden();
  await expect(text(page, /^Snapshot taken/)).toBeVisible();
  await button(page, 'Dismiss').click();
}

async function resize(app: ElectronApplication, width: number, height: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setSize(w, h), [
    width,
    height,
  ] as const);
}

function enabledCommands(app: ElectronApplication): Promise<readonly string[]> {
  return app.evaluate(({ Menu }) =>
    ['open', 'reveal', 'take', 'restore', 'undo', 'prune', 'history', 'trash', 'help'].filter(
      (id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled,
    ),
  );
}

async function choose(app: ElectronApplication, command: string): Promise<void> {
  await app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), command);
}
