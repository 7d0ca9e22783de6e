import type { NewerEvents } from '../../src/model/diff.ts';
import type { RestoreReceipt } from '../../src/model/receipt.ts';
import type { RestorePlan } from '../../src/model/restore.ts';

/** Events of one chat, all of them messages unless `change` says otherwise. */
export function group(chat: string | null, events: number, change: Partial<NewerEvents> = {}): NewerEvents {
  const mark = { id: 1n, ts: null, kind: 'message', speaker: 'Robin', text: 'Hello.' };
  const rest = {
    first: mark,
    last: mark,
    rewoundChat: false,
    rewindRecords: 0,
    rewoundAt: null,
    spoken: events,
    spokenHidden: 0,
    hidden: 0,
  };
  return { chat, chatName: chat, events, ...rest, ...change };
}

/** A plan with which everything is in order. */
export const plan: RestorePlan = {
  planId: '0123456789abcdef',
  action: 'restore',
  snapshot: {
    id: 'rewind/20261123T130000Z',
    takenAt: '2026-11-23T13:32:00Z',
    sizeBytes: 1,
    lastEventId: 9n,
    sha256: '',
  },
  options: {
    mode: 'full',
    keepNewer: false,
    acceptDrift: false,
    acceptOtherTimeline: false,
    clearTables: [],
  },
  tables: [
    {
      ...{ name: 'event_log', role: 'log', state: 'compared', action: 'write' },
      ...{ snapshotRows: 9, liveRows: 12, added: 0, removed: 3, changed: 37, unchanged: 0 },
    },
  ],
  notRestored: [],
  bystanders: ['settings'],
  newerEvents: [],
  returningEvents: [],
  replay: null,
  referring: [],
  newerEventsLost: 0,
  lineage: 'same',
  schemaDrift: [],
  guessedBlobs: [],
  triggers: [],
  searchIndexes: [],
  notKeptUp: [],
  foreignKeyViolations: 0,
  foreignKeyViolationsAfter: null,
  orphans: [],
  damage: [],
  inUse: { state: 'no' },
  safetyCopy: { folder: '/data/snapshots/restore', aboutBytes: 1 },
  freshCheckpoint: true,
  hostReplay: null,
  space: [{ volume: '/', neededBytes: 8_050_000, freeBytes: 82_000_000_000 }],
  refusals: [],
  pulled: [],
  staying: [],
  moreStaying: false,
  related: [],
  guessed: [],
  base: null,
  conflicts: [],
  conflictCount: 0,
  conflictsOpen: 0,
  conflictsHash: '',
  otherBases: [],
};

/** What a restore proves, with some figures. */
export const receipt: RestoreReceipt = {
  ...{ planId: 'p', action: 'restore', snapshotId: 'rewind/a', mode: 'full' },
  finishedAt: '2026-11-25T13:03:00.000Z',
  ...{ safetyCopyId: 'restore/a', checkpointId: null, returned: null },
  ...{ notRestored: [], leftOut: [], checks: [] },
  ...{ lastEventId: 1n, replay: null, writeLockMs: 1, whileOpen: false, inUse: { state: 'no' } },
  tables: [
    { name: 'a', rows: 9, beforeHash: '', afterHash: '', added: 1_200, changed: 2, removed: 0 },
    { name: 'b', rows: 9, beforeHash: '', afterHash: '', added: 34, changed: 1, removed: 1 },
  ],
};
