import * as v from 'valibot';
import type { MenuCommand } from '../contract.ts';

/* What the arguments of the window's requests are made of. The bounds only keep out what no window would send. */

export const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
export const place = whole(0, Number.MAX_SAFE_INTEGER);
/** A message of a chat; -1: before the first. */
export const chatPlace = whole(-1, Number.MAX_SAFE_INTEGER);

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
export const snapshotId = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
export const snapshotIds = v.pipe(v.array(snapshotId), v.maxLength(100_000), v.readonly());
export const planId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const amount = whole(0, 1_000_000);

export const words = v.nullable(v.pipe(v.string(), v.maxLength(4000)));
const field = v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(512)));
export const fields = v.strictObject({ chat: field, speaker: field, text: field, time: field });

export const none = v.strictObject({});
export const ofFolder = v.strictObject({ folderId: id });
export const ofSnapshot = v.strictObject({ folderId: id, snapshotId });
export const ofPlan = v.strictObject({ folderId: id, planId });
export const ofChat = v.strictObject({ folderId: id, conversationId: id, chat: amount });

export const consents = { acceptDrift: v.boolean(), acceptOtherTimeline: v.boolean() };
const storedValue = v.union([
  v.null(),
  v.bigint(),
  v.number(),
  v.pipe(v.string(), v.maxLength(1_000_000)),
  v.instance(Uint8Array),
]);
export const tableName = v.pipe(v.string(), v.maxLength(1024));
const tableNames = v.pipe(v.array(tableName), v.maxLength(1000), v.readonly());
export const rowName = {
  table: tableName,
  key: v.pipe(v.array(storedValue), v.maxLength(100), v.readonly()),
};

const selection = v.variant('by', [
  v.strictObject({ by: v.literal('tables'), tables: v.pipe(tableNames, v.minLength(1)) }),
  v.strictObject({
    by: v.literal('chat'),
    chat: v.pipe(v.string(), v.maxLength(1_000_000)),
    withGuessed: v.boolean(),
  }),
  v.strictObject({
    by: v.literal('rows'),
    rows: v.pipe(v.array(v.strictObject(rowName)), v.minLength(1), v.maxLength(10_000), v.readonly()),
    related: v.optional(v.picklist(['none', 'children', 'operation'])),
    withGuessed: v.optional(v.boolean()),
  }),
]);
const mergeSide = v.picklist(['mine', 'theirs']);
const chosenRows = v.array(v.strictObject({ key: rowName.key, take: mergeSide }));
const chosenTable = v.strictObject({
  table: tableName,
  take: v.union([mergeSide, v.pipe(chosenRows, v.maxLength(10_000), v.readonly())]),
});
const merge = v.strictObject({
  baseId: v.nullable(snapshotId),
  choices: v.strictObject({
    all: v.nullable(mergeSide),
    tables: v.pipe(v.array(chosenTable), v.maxLength(2000), v.readonly()),
  }),
});
export const restoreOptions = v.strictObject({
  ...consents,
  mode: v.picklist(['full', 'projections']),
  keepNewer: v.boolean(),
  leaveOut: v.optional(v.pipe(v.array(v.bigint()), v.maxLength(10_000), v.readonly())),
  clearTables: tableNames,
  selection: v.optional(selection),
  merge: v.optional(merge),
});

export const prunePolicy = v.variant('by', [
  v.strictObject({ by: v.literal('count'), kind: id, keep: amount }),
  v.strictObject({ by: v.literal('age'), kind: id, olderThanDays: amount }),
  v.strictObject({ by: v.literal('choice'), ids: snapshotIds }),
]);

export const command = v.picklist([
  'open',
  'open-backup',
  'open-target',
  'take',
  'restore',
  'find',
  'undo',
  'redo',
  'prune',
  'trash',
  'history',
  'protection',
  'clear-cache',
  'reveal',
  'help',
]) satisfies v.GenericSchema<MenuCommand>;

export const rowsRequest = v.strictObject({
  table: tableName,
  change: v.nullable(v.picklist(['added', 'changed', 'removed'])),
  filter: v.nullable(
    v.strictObject({ column: v.nullable(tableName), text: v.pipe(v.string(), v.maxLength(1000)) }),
  ),
  sort: v.nullable(v.strictObject({ column: tableName, descending: v.boolean() })),
});
export const rowsWindow = v.strictObject({
  offset: place,
  limit: whole(0, 500),
  firstColumn: place,
  columnCount: whole(0, 100),
});
export const ofCell = { rowsId: id, table: tableName, line: place };
export const side = v.picklist(['before', 'after']);
