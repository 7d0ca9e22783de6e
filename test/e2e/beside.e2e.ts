import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { button, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';

const SCHEMA = `
  CREATE TABLE event_log (id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id INTEGER DEFAULT 1, ts TEXT, kind TEXT,
    payload_json TEXT, superseded_by INTEGER, hidden INTEGER DEFAULT 0);
  CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
  CREATE TABLE memories (id INTEGER PRIMARY KEY, event_id INTEGER REFERENCES event_log(id), text TEXT, significance REAL);
  INSERT INTO chats VALUES ('c1', 'Harbour');`;

/** A chat of twelve messages with memories of some of them. Of the last four the host took what it could. */
async function makeHarbour(dir: string): Promise<string> {
  await mkdir(dir);
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(SCHEMA);
  const say = db.prepare(`INSERT INTO event_log (ts, kind, payload_json) VALUES (?, 'message', ?)`);
  const minutes = Array.from({ length: 12 }, (_, index) => index + 1);
  for (const minute of minutes) {
    const payload = {
      chat_id: 'c1',
      speaker: minute % 2 === 0 ? 'Mara' : 'you',
      text: `Line ${minute} of the harbour.`,
    };
    say.run(`2026-11-25T12:${String(minute).padStart(2, '0')}:00Z`, JSON.stringify(payload));
  }
  const keep = db.prepare('INSERT INTO memories VALUES (?, ?, ?, ?)');
  for (const minute of minutes.filter((one) => one % 2 === 0))
    keep.run(
      minute,
      minute,
      `Mara remembers line ${minute}, and how the light fell on the water when it was said.`,
      0.5,
    );
  db.close();
  const folder = await openDataFolder(dir);
  await takeSnapshot(folder, 'rewind');
  const after = new DatabaseSync(join(dir, 'chat.db'));
  after.exec(`UPDATE event_log SET hidden = 1 WHERE id > 8; DELETE FROM memories WHERE event_id > 8;
    UPDATE memories SET text = 'Mara remembers it in another way.' WHERE id = 6;
    INSERT INTO memories VALUES (99, 7, 'A memory that was made since.', 0.9)`);
  after.close();
  return dir;
}

test('a memory stands beside the message that it names, told as lost, changed or written since', async ({
  place,
}) => {
  const { app, page } = await place.launch({ data: await makeHarbour(join(place.folder, 'harbour')) });
  const lost = page.locator('.line', { hasText: 'Line 10 of the harbour.' });
  await expect(lost.locator('.side-note.lost')).toHaveText(/^memory · lost · text: Mara remembers line 10/);
  const lineOf = (line: number) => page.locator('.line', { hasText: `Line ${line} of the harbour.` });
  await expect(lineOf(6).locator('.side-note')).toHaveText(/^memory · changed · text: Mara remembers line 6/);
  await expect(lineOf(7).locator('.side-note')).toHaveText(/^memory · written since · text: A memory that/);
  await expect(lineOf(8).locator('.side-note')).toHaveText(/^memory · text: Mara remembers line 8/);
  await expect(page.locator('.conversation-foot')).not.toContainText('Also differs');
  await expectNothingCutOff(page);
  await expectAccessible(app, page, 'rows beside messages');
});

test('without its database, a snapshot’s conversation is read as it was, and nothing is called lost', async ({
  place,
  demo,
}) => {
  for (const end of ['', '-wal', '-shm']) rmSync(join(demo, `chat.db${end}`), { force: true });
  const { app, page } = await place.launch({ data: demo });
  const feed = named(page, 'feed', /^Messages of/);
  await expect(feed).toBeVisible();
  await expect(text(page, /^No database can be read here\./)).toBeVisible();
  await expect(page.locator('.counts')).toHaveText(/^[\d,]+ messages$/);
  await expect(feed.locator('.bubble').last()).toBeVisible();
  await expect(page.locator('.bubble.lost, .boundary')).toHaveCount(0);
  await expect(button(page, /earlier messages …$/)).not.toContainText('unchanged');
  await expectNothingCutOff(page);
  await expectAccessible(app, page, 'a conversation without a database');
});
