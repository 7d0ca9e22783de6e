import { join } from 'node:path';
import { isDemo, SnapbackError, type TaskOptions } from '../../src/index.ts';
import { fetchBackground } from './fetch-background.ts';

const NAME = 'Snapback Demo';

export type DemoPlaceOptions = {
  /** Build another one even if one exists. */
  readonly fresh: boolean;
  readonly nativeBinding: string | undefined;
};

/**
 * Finds the demo in `home`, where its user can see it. Otherwise builds one there under the first name that is free, or
 * that a killed build left unfinished. Anything else under such a name is not touched. Returns the demo's absolute path.
 * @throws as `buildDemo`, `isDemo` and `fetchPart`
 */
export async function prepareDemo(
  home: string,
  { fresh, nativeBinding }: DemoPlaceOptions,
  task: TaskOptions,
): Promise<string> {
  for (let number = 1; ; number += 1) {
    const dir = join(home, number === 1 ? NAME : `${NAME} ${number}`);
    if (!fresh && (await isDemo(dir))) return dir;
    const { buildDemo } = await fetchBackground();
    try {
      await buildDemo(dir, { nativeBinding }, task);
      return dir;
    } catch (error) {
      if (!(error instanceof SnapbackError) || error.code !== 'target-exists') throw error;
    }
  }
}
