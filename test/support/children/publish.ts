import { openDataFolder } from '../../../src/host/data-folder.ts';
import { createDraft, type Draft, publishDraft } from '../../../src/snapshots/drafts.ts';

/** Publishes snapshots at a moment that it shares with other processes, and prints their ids. */
const [dir = '', text = '', count = '1'] = process.argv.slice(2);
const folder = await openDataFolder(dir);
const drafts: Draft[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const draft = await createDraft(folder, 'rewind');
  await draft.handle.writeFile(text);
  drafts.push(draft);
}
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  const published = await Promise.all(drafts.map((draft) => publishDraft(folder, draft)));
  process.stdout.write(`${JSON.stringify(published.map(({ id }) => id))}\n`);
  process.exit();
});
