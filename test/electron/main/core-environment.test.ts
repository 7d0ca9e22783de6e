import { expect, test } from 'vitest';
import { coreEnvironment } from '../../../electron/main/core-environment.ts';

test('only an unpackaged app loads the binding that the environment names', () => {
  const env = { HOME: '/home/ann', BETTER_SQLITE3_BINDING: '/tmp/any.node' };
  expect(coreEnvironment(env, false)).toEqual(env);
  expect(coreEnvironment(env, true)).toEqual({ HOME: '/home/ann' });
});
