import { expect, test } from 'vitest';
import type { AllRequests } from '../../../electron/contract.ts';
import { createHandlers } from '../../../electron/core/handlers.ts';
import { createOpenFolders } from '../../../electron/core/open-folders.ts';

/** All requests of the contract, and when what answers each is there. */
const WHEN: { readonly [N in keyof AllRequests]: 'first' | 'later' } = {
  'private.open': 'first',
  'private.close': 'first',
  'private.protect': 'first',
  'private.prepare-demo': 'first',
  'private.open-backup': 'later',
  'private.close-backup': 'later',
  'private.locate': 'later',
  'private.export': 'later',
  'private.copy-restore': 'later',
  'private.export-receipt': 'later',
  'private.copy': 'later',
  'private.trash': 'later',
  'private.empty-trash': 'later',
  'private.note-trashed': 'later',
  'private.salvage': 'later',
  'private.clear-cache': 'later',
  'folder.facts': 'first',
  'snapshots.list': 'first',
  'rows.open': 'later',
  'rows.close': 'later',
  'rows.shape': 'later',
  'rows.page': 'later',
  'rows.changed-columns': 'later',
  'rows.key': 'later',
  'rows.named': 'later',
  'rows.place': 'later',
  'rows.cell': 'later',
  'rows.picture': 'later',
  'conflicts.open': 'later',
  'conflicts.page': 'later',
  'conflicts.close': 'later',
  'folder.in-use': 'later',
  'folder.protection': 'later',
  'folder.timeline': 'later',
  'folder.profile': 'later',
  'folder.happened': 'later',
  'folder.waiting': 'later',
  'folder.history': 'later',
  'snapshot.diff': 'later',
  'search.run': 'later',
  'row.history': 'later',
  'snapshot.keep': 'later',
  'snapshot.hold': 'later',
  'snapshot.release': 'later',
  'snapshot.let-go': 'later',
  'snapshot.salvageable': 'later',
  'folder.space': 'later',
  'conversation.open': 'later',
  'conversation.layout': 'later',
  'conversation.page': 'later',
  'conversation.difference': 'later',
  'conversation.lost': 'later',
  'conversation.find': 'later',
  'conversation.correct': 'later',
  'profile.save-fields': 'later',
  'snapshot.take': 'later',
  'restore.plan': 'later',
  'restore.newer': 'later',
  'undo.plan': 'later',
  'plan.rehearse': 'later',
  'plan.apply': 'later',
  'plan.outcome': 'later',
  'prune.plan': 'later',
  'prune.only-copies': 'later',
  'trash.view': 'later',
  'trash.only-copies': 'later',
  'trash.put-back': 'later',
  'prune.apply': 'later',
};

const { first, all } = createHandlers(
  createOpenFolders(() => undefined),
  { nativeBinding: undefined, sqliteTempDirs: [] },
);

test.each(Object.entries(WHEN))('%s is answered, by code that is there %s', async (name, when) => {
  expect(Object.hasOwn(first, name)).toBe(when === 'first');
  expect(Object.entries(await all()).find(([answered]) => answered === name)?.[1]).toBeTypeOf('function');
});

test('nothing else is answered', async () => {
  expect(Object.keys(await all()).toSorted()).toEqual(Object.keys(WHEN).toSorted());
});
