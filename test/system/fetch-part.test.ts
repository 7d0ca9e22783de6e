import { expect, test } from 'vitest';
import { SnapbackError } from '../../src/model/errors.ts';
import { fetchPart } from '../../src/system/fetch-part.ts';

test('code that is there is fetched', async () => {
  expect(await fetchPart(async () => ({ add: 1 }))).toEqual({ add: 1 });
});

test('code that is gone is an error of ours, whose sentence names no path', async () => {
  const gone = '/opt/snapback/later.js';
  const failed = fetchPart(() => import(/* @vite-ignore */ `file://${gone}`));
  const error = await failed.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SnapbackError);
  expect(error).toMatchObject({ code: 'internal', detail: {}, cause: expect.anything() });
  expect(String(error)).not.toContain(gone);
});
