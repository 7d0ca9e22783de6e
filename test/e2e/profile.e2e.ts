import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { named, text } from './find.ts';
import { expect, test } from './fixtures.ts';

test('the details say what is understood of the folder, and what cannot be done in it', async ({
  place,
  demo,
}) => {
  writeFileSync(join(demo, 'snapback-profile.json'), JSON.stringify({ log: { replays: false } }));
  const { page } = await place.launch({ data: demo });
  await named(page, 'tab', 'Details').click();
  await expect(
    text(
      page,
      'Messages with chat, speaker and time are found in “event_log”, beside 10 more tables. Snapshots can be compared, taken and restored here, but what was written since can’t be kept: the profile says that the chat app does not apply its events when it starts.',
    ),
  ).toBeVisible();
});
