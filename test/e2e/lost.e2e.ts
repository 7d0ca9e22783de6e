import { expectAccessible } from './axe.ts';
import { button, hero, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';

test('a snapshot taken to be safe does not hide the one that holds the lost chat', async ({
  place,
  demo,
}) => {
  const first = await place.launch({ data: demo });
  await expect(hero(first.page)).toContainText('You rewound Lighthouse');
  await button(first.page, 'Take snapshot').click();
  await button(first.page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(text(first.page, /^Snapshot taken/)).toBeVisible();
  await first.app.close();
  const { page } = await place.launch();
  await expect(hero(page)).toContainText('You rewound Lighthouse');
});

test('pruning the only snapshot that holds a lost chat warns, and it can be put back where it was', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  const before = listKind(demo, 'rewind');
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Prune…').click();
  await text(dialog, 'The ones I select').click();
  await dialog.getByRole('option').first().click();
  await expect(text(dialog, /can bring back \d+ messages in “Lighthouse”/)).toBeVisible();
  await button(dialog, 'Move 1 snapshot to the trash').click();
  await expect(text(page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
  expect(listKind(demo, 'rewind')).toEqual(before.slice(1));
  await button(page, 'Put back').click();
  await expect(text(page, '1 snapshot put back.')).toBeVisible();
  expect(listKind(demo, 'rewind')).toEqual(before);
  await expect(hero(page)).toContainText('You rewound Lighthouse');
});

test('what was pruned can be put back from the trash, also after a restart', async ({ place, demo }) => {
  const first = await place.launch({ data: demo });
  await expect(hero(first.page)).toContainText('You rewound Lighthouse');
  const before = listKind(demo, 'rewind');
  const dialog = first.page.getByRole('alertdialog');
  await button(first.page, 'Prune…').click();
  await text(dialog, 'The ones I select').click();
  await dialog.getByRole('option').first().click();
  await button(dialog, 'Move 1 snapshot to the trash').click();
  await expect(text(first.page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
  await first.app.close();

  const { app, page } = await place.launch();
  await expect(hero(page)).not.toContainText('20 messages');
  await button(page, 'Put back…').click();
  await expect(page.getByRole('alertdialog').getByRole('radio')).toHaveCount(1);
  await expect(page.getByRole('alertdialog')).toContainText('Before the rewind');
  await expectAccessible(app, page, 'put back');
  await button(page, 'Put back 1 snapshot').click();
  await expect(text(page, '1 snapshot put back.')).toBeVisible();
  expect(listKind(demo, 'rewind')).toEqual(before);
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  await expect(button(page, 'Put back…')).toBeHidden();
});

test('before the trash is emptied, the dialog says whether that frees space, and offers the system’s trash', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Prune…').click();
  await text(dialog, 'Those older than').click();
  await button(dialog, /^Move 1 snapshot/).click();
  await button(page, 'Empty…').click();
  await expect(button(dialog, /^Delete 1 snapshot, free/)).toBeVisible();
  await text(dialog, 'Move to the system’s trash').click();
  await button(dialog, 'Move 1 snapshot, free nothing yet').click();
  await expect(
    text(
      page,
      /^1 snapshot, .* moved to the system’s trash\.$|^The system has no trash for this place/,
    ).first(),
  ).toBeVisible();
});
