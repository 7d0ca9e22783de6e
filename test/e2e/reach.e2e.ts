import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator } from '@playwright/test';
import { expectNothingCutOff } from './cut-off.ts';
import { BACK, button, CONFIRM, hero, named, RESTORE, story, text } from './find.ts';
import { expect, findCore, test } from './fixtures.ts';
import { startHost } from './host.ts';
import { resize } from './resize.ts';

test('at twice the size everything can still be reached', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await resize(app, page, { width: 1200, height: 760, zoom: 2 });
  await expectNothingCutOff(page);
  for (const [open, confirm] of [
    [RESTORE, CONFIRM],
    ['Take snapshot', 'Take snapshot'],
    ['Prune…', /^Move/],
  ] as const) {
    await button(page, open).click();
    const dialog = page.getByRole('alertdialog');
    await expect(button(dialog, confirm)).toBeVisible();
    await expectNothingCutOff(page, String(open));
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('names of any length and script leave the surrounding words in place', async ({ place, demo }) => {
  const names = ['x'.repeat(300), 'مرحبا بالعالم', '\u202Eevil', '🌊 <b>Meer</b> '.repeat(20)];
  const db = new DatabaseSync(join(demo, 'chat.db'));
  names.forEach((name, at) => {
    db.prepare("INSERT INTO chats (id, title, created_at) VALUES (?, ?, '2026-01-01')").run(`c${at}`, name);
    const payload = JSON.stringify({ chat_id: `c${at}`, speaker: name, text: name });
    const insert = db.prepare("INSERT INTO event_log (ts, kind, payload_json) VALUES ('', 'message', ?)");
    for (let times = 0; times < 9; times += 1) insert.run(payload);
  });
  db.close();
  const { page } = await place.launch({ data: demo });
  const told = await story(page);
  await expect(told).toContainText('9 newer messages in مرحبا بالعالم');
  await expectNothingCutOff(page);
  await button(page, RESTORE).click();
  await text(page, /^Remove \d+ newer messages/).click();
  await button(page, 'Technical details').click();
  const loss = named(page, 'region', 'What would be removed');
  await expect(loss).toContainText('🌊 <b>Meer</b>');
  await expectNothingCutOff(page);

  await test.step('text after a right-to-left name stays after it', async () => {
    for (const parts of [told.locator('em.name'), loss.locator('bdi')]) {
      await expect(parts).not.toHaveCount(0);
      for (const name of await parts.all())
        expect(await name.evaluate((part) => getComputedStyle(part).unicodeBidi)).toBe('isolate');
    }
  });
});

test('in a window of any width, and in large letters, the header says whole that the chat app is running', async ({
  place,
  demo,
}) => {
  const host = await startHost(demo);
  const { app, page } = await place.launch({ data: demo });
  const use = page.locator('.head-use');
  await expect(use).toContainText(`(process ${host.pid})`);
  for (const size of [
    { width: 900, height: 600 },
    { width: 1100, height: 760 },
    { width: 1200, height: 760 },
    { width: 1300, height: 760 },
    { width: 1200, height: 760, zoom: 2 },
    { width: 900, height: 600, zoom: 2 },
  ]) {
    await resize(app, page, size);
    await expectNothingCutOff(page, JSON.stringify(size));
    await expect
      .poll(() => use.evaluate((part) => part.scrollWidth - part.clientWidth), JSON.stringify(size))
      .toBe(0);
  }
  host.kill();
});

test('however little room there is, the button that brings back is in sight, and so is that it can be undone', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await resize(app, page, { width: 900, height: 600, zoom: 2 });
  await expect(button(page, RESTORE)).toBeInViewport({ ratio: 1 });
  const dialog = page.getByRole('alertdialog');
  const undo = text(dialog, 'You can undo this.');
  await button(page, RESTORE).click();
  await expect(button(dialog, CONFIRM)).toBeInViewport();
  await expect(button(dialog, CONFIRM)).toBeEnabled();
  await expectUncovered(undo);
  await named(dialog, 'radio', /^Remove 3 newer messages/).press('Space');
  await expect(button(dialog, /remove 3 newer messages$/)).toBeEnabled();
  await undo.scrollIntoViewIfNeeded();
  await expectUncovered(undo);
});

/** Nothing else is drawn over it. */
async function expectUncovered(part: Locator): Promise<void> {
  const isOnTop = () =>
    part.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const corners = [1, height - 1].map((y) => document.elementFromPoint(left + width / 2, top + y));
      return corners.every((found) => found !== null && element.contains(found));
    });
  await expect.poll(isOnTop).toBe(true);
}

test('with the system’s high-contrast colours, the selection and the kinds of snapshots can still be seen', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await page.emulateMedia({ forcedColors: 'active' });
  const style = (selector: string, what: 'backgroundColor' | 'color') =>
    page
      .locator(selector)
      .first()
      .evaluate((part, name) => getComputedStyle(part)[name], what);

  expect(await style('.snap[data-selected]', 'backgroundColor')).not.toBe(
    await style('.snap:not([data-selected])', 'backgroundColor'),
  );
  // Drawn in the colour of the text beside them.
  for (const [shape, words] of [
    ['.snap:not([data-selected]) .snap-shape', '.snap:not([data-selected]) .snap-title'],
    ['.snap[data-selected] .snap-shape', '.snap[data-selected] .snap-title'],
    ['.timeline-mark .timeline-shape', '.snap:not([data-selected]) .snap-title'],
  ] as const)
    expect(await style(shape, 'backgroundColor'), shape).toBe(await style(words, 'color'));
  await expect(page.locator('.timeline-mark[aria-pressed="true"]').first()).toHaveCSS('border-width', '2px');
  expect(await style('.bar .gone', 'backgroundColor')).not.toBe(await style('.bar', 'backgroundColor'));

  await button(page, 'Prune…').click();
  const dialog = page.getByRole('alertdialog');
  await text(dialog, 'The ones I select').click();
  await dialog.getByRole('option').nth(1).click();
  const unpicked = '.pick:not([data-selected]) .box';
  expect(await style(unpicked, 'color'), 'a tick that nobody sees').toBe(
    await style(unpicked, 'backgroundColor'),
  );
  const picked = '.pick[data-selected] .box';
  expect(await style(picked, 'color')).not.toBe(await style(picked, 'backgroundColor'));
});

test('list lines, progress and the end of the core are announced to a screen reader', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(named(page, 'option', /^Before the rewind of Lighthouse/).first()).toHaveAccessibleName(
    /^Before the rewind of Lighthouse \d\d:\d\d holds 20 messages you no longer have$/,
  );
  await expect(page.getByRole('option').filter({ hasText: 'damaged' })).toHaveAccessibleName(
    /damaged Incomplete: the end/,
  );
  await button(page, RESTORE).click();
  await expect(
    page.getByRole('status').filter({
      hasText: /^20 messages come back: .* 3 newer messages stay and appear when your chat app starts next/,
    }),
  ).toBeAttached();
  await button(page, CONFIRM).click();
  const title = named(page.getByRole('alertdialog'), 'heading', BACK);
  await expect(title).toHaveAttribute('aria-live', 'polite');
  await button(page, 'Done').click();
  process.kill(await findCore(app), 'SIGKILL');
  await expect(page.getByRole('status').filter({ hasText: 'was started again' })).toBeVisible();
});
