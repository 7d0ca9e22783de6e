import * as v from 'valibot';
import { createFolderCache, integer } from './folder-cache.ts';

/**
 * What was found when all events of a checkpoint were compared with the live log, and were the first ones there: how many
 * they are, and the id and the hash of the last one.
 */
export type ComparedLog = { readonly events: number; readonly lastId: bigint; readonly last: string };

/** The comparison of the newest checkpoint, by the key of its file. */
export const comparedLogs = createFolderCache<ComparedLog>({
  name: 'compared',
  version: 2,
  entry: v.object({ events: v.number(), lastId: integer, last: v.string() }),
});
