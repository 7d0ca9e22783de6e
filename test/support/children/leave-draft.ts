import { openDataFolder } from '../../../src/host/data-folder.ts';
import { createDraft } from '../../../src/snapshots/drafts.ts';

/** Creates a draft, prints its path and waits to be killed. */
const [dir = ''] = process.argv.slice(2);
const draft = await createDraft(await openDataFolder(dir), 'periodic');
await draft.handle.writeFile('half of a snap');
process.stdout.write(`${draft.path}\n`);
// Whoever started it may be killed, and then nobody else would end it.
process.stdin.once('end', () => process.exit()).resume();
setInterval(() => draft.path, 1000);
