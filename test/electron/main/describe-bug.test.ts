import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeBug } from '../../../electron/main/describe-bug.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'snapback-bug-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const errorOf = (attempt: () => Promise<unknown>) =>
  attempt().then(
    () => null,
    (error: unknown) => error,
  );

test('what the system refuses reaches the window with one of our codes and without a path', async () => {
  for (const attempt of [
    () => readFile(join(dir, 'none')),
    () => readFile(dir),
    () => writeFile(join(dir, 'none/file'), ''),
  ]) {
    const info = describeBug(await errorOf(attempt));
    expect(info).toMatchObject({ code: 'io-failed', detail: {} });
    expect(info.message).not.toContain(dir);
  }
});

test('any other error keeps its own message', () => {
  expect(describeBug(new TypeError('No such thing.'))).toMatchObject({
    code: 'internal',
    message: 'No such thing.',
  });
  expect(describeBug('odd')).toMatchObject({ code: 'internal', message: 'odd' });
});
