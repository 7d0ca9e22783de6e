import {
  applyPrune,
  applyRestore,
  applyUndo,
  type DataFolder,
  keepSnapshot,
  putBack,
  type RestoreMode,
  type Selection,
  type SnapshotId,
  takeSnapshot,
} from '../../src/index.ts';
import { restoring } from '../support/requests.ts';

/** Something that a Snapback is told to do. */
export type Verb =
  | { readonly do: 'take'; readonly kind: 'rewind' | 'periodic' }
  | {
      readonly do: 'restore';
      readonly id: SnapshotId;
      readonly mode: RestoreMode;
      readonly keepNewer: boolean;
      readonly selection?: Selection;
    }
  | { readonly do: 'undo' | 'redo'; readonly of: SnapshotId }
  | { readonly do: 'prune'; readonly ids: readonly SnapshotId[] }
  | { readonly do: 'put back'; readonly trashName: string; readonly ids: readonly SnapshotId[] }
  | { readonly do: 'keep'; readonly id: SnapshotId };

/** What of it the model asks about: which snapshots went to the trash, and which came back. */
export type Done = { readonly moved: readonly SnapshotId[]; readonly back: readonly SnapshotId[] };

/** Does it. Whatever would be lost with other events is lost on purpose. */
export async function perform(folder: DataFolder, verb: Verb): Promise<Done> {
  const consents = { acceptDrift: false, acceptOtherTimeline: true };
  const now = { planId: null, whileOpen: false };
  const nothing: Done = { moved: [], back: [] };
  if (verb.do === 'take') await takeSnapshot(folder, verb.kind);
  else if (verb.do === 'restore') {
    const { do: _, id: snapshotId, ...options } = verb;
    const request = restoring(snapshotId, { ...consents, ...options });
    await applyRestore(folder, request, now);
  } else if (verb.do === 'undo' || verb.do === 'redo')
    await applyUndo(folder, { ...consents, of: verb.of }, now);
  else if (verb.do === 'keep') await keepSnapshot(folder, verb.id);
  else if (verb.do === 'prune')
    return { ...nothing, moved: (await applyPrune(folder, { by: 'choice', ids: verb.ids })).moved };
  else if (verb.do === 'put back') return { ...nothing, back: (await putBack(folder, [verb])).putBack };
  return nothing;
}
