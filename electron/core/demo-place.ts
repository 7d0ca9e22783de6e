import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDemo, isDemo, type TaskOptions } from '../../src/index.ts';

const NAME = 'Snapback Demo';

export type DemoPlaceOptions = {
  /** Build another one even if there is one. */
  readonly fresh: boolean;
  readonly nativeBinding: string | undefined;
};

/**
 * Finds the demo in `home`, where its user can see it, or builds one there under the first free name. What already lies
 * under such a name is not touched. Returns its absolute path; throws as `buildDemo`.
 */
export async function prepareDemo(
  home: string,
  { fresh, nativeBinding }: DemoPlaceOptions,
  task: TaskOptions,
): Promise<string> {
  const taken = new Set(await readdir(home));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? NAME : `${NAME} ${number}`;
    const dir = join(home, name);
    if (!taken.has(name)) {
      await buildDemo(dir, { nativeBinding }, task);
      return dir;
    }
    if (!fresh && (await isDemo(dir))) return dir;
  }
}
