import { SnapbackError } from '../model/errors.ts';

/**
 * Fetches code that not every task needs, which is a file of its own in the build. It is there from then on. Call it before
 * anything is held or changed: this fails where the app was replaced or removed while it ran.
 * @throws `internal`
 */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new SnapbackError('internal', 'A part of Snapback could not be loaded. Start it again.', {}, error);
  }
}
