import { expect, test } from 'vitest';
import { createFirstOpening } from '../../../electron/main/first-opening.ts';

function begun() {
  const first = createFirstOpening<string>();
  const requests: string[] = [];
  first.begin(async (requestId) => {
    requests.push(requestId);
    return 'the folder';
  });
  const [requestId = ''] = requests;
  return { first, requestId, requests };
}

test('it begins at once, under the request that the window hears of', () => {
  const { first, requestId, requests } = begun();
  expect(requests).toHaveLength(1);
  expect(first.requestId()).toBe(requestId);
});

test('it is given once, and only to the request under which it was begun', async () => {
  const { first, requestId } = begun();
  expect(first.take('another')).toBeNull();
  expect(await first.take(requestId)).toBe('the folder');
  expect(first.take(requestId)).toBeNull();
  expect(first.requestId(), 'a window that is loaded again').toBeNull();
});

test('once withdrawn, no window hears of it, and one that has heard still gets it', async () => {
  const { first, requestId } = begun();
  first.withdraw();
  expect(first.requestId()).toBeNull();
  expect(await first.take(requestId)).toBe('the folder');
  first.withdraw();
  expect(first.requestId()).toBeNull();
});

test('without anything begun there is nothing to hear of, to take or to withdraw', () => {
  const first = createFirstOpening<string>();
  first.withdraw();
  expect(first.requestId()).toBeNull();
  expect(first.take('any')).toBeNull();
});
