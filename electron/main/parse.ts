import * as v from 'valibot';
import type { ArgsOf, MenuCommand, RequestName } from '../contract.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const snapshotId = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const snapshotIds = v.pipe(v.array(snapshotId), v.maxLength(100_000), v.readonly());
const planId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));

const words = v.nullable(v.pipe(v.string(), v.maxLength(4000)));
const field = v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(512)));
const fields = v.strictObject({ chat: field, speaker: field, text: field, time: field });
const chatPlace = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(Number.MAX_SAFE_INTEGER));
const upTo = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

const none = v.strictObject({});
const ofFolder = v.strictObject({ folderId: id });
const ofSnapshot = v.strictObject({ folderId: id, snapshotId });
const ofChat = v.strictObject({ folderId: id, conversationId: id, chat: amount });

const consents = { acceptDrift: v.boolean(), acceptOtherTimeline: v.boolean() };
const storedValue = v.union([
  v.null(),
  v.bigint(),
  v.number(),
  v.pipe(v.string(), v.maxLength(1_000_000)),
  v.instance(Uint8Array),
]);
const tableName = v.pipe(v.string(), v.maxLength(1024));
const tableNames = v.pipe(v.array(tableName), v.maxLength(1000), v.readonly());
const rowName = { table: tableName, key: v.pipe(v.array(storedValue), v.maxLength(100), v.readonly()) };

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
  }),
]);
const restoreOptions = v.strictObject({
  ...consents,
  mode: v.picklist(['full', 'projections']),
  keepNewer: v.boolean(),
  clearTables: tableNames,
  selection: v.optional(selection),
});

const prunePolicy = v.variant('by', [
  v.strictObject({
    by: v.literal('count'),
    kind: id,
    keep: amount,
  }),
  v.strictObject({
    by: v.literal('age'),
    kind: id,
    olderThanDays: amount,
  }),
  v.strictObject({
    by: v.literal('choice'),
    ids: snapshotIds,
  }),
]);

const command = v.picklist([
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

const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const rowsRequest = v.strictObject({
  table: tableName,
  change: v.nullable(v.picklist(['added', 'changed', 'removed'])),
  filter: v.nullable(
    v.strictObject({ column: v.nullable(tableName), text: v.pipe(v.string(), v.maxLength(1000)) }),
  ),
  sort: v.nullable(v.strictObject({ column: tableName, descending: v.boolean() })),
});
const rowsWindow = v.strictObject({
  offset: place,
  limit: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500)),
  firstColumn: place,
  columnCount: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
});
const ofCell = { rowsId: id, table: tableName, line: place };
const side = v.picklist(['before', 'after']);

const schemas = {
  'start.facts': none,
  'folder.open-target': none,
  'folder.choose': v.strictObject({ what: v.picklist(['folder', 'database']) }),
  'backup.choose': ofFolder,
  'backup.close': ofSnapshot,
  'folder.open-recent': v.strictObject({ recentId: id }),
  'folder.close': ofFolder,
  'folder.reveal': ofFolder,
  'recent.forget': v.strictObject({ recentId: id }),
  'demo.open': v.strictObject({ fresh: v.boolean() }),
  'snapshot.reveal': ofSnapshot,
  'snapshot.salvage': ofSnapshot,
  'trash.empty': v.strictObject({ ...ofFolder.entries, planId, to: v.picklist(['system-trash', 'deleted']) }),
  'cache.clear': none,
  'snapshot.export': v.strictObject({
    ...ofSnapshot.entries,
    format: v.picklist(['csv', 'json', 'sqlite']),
    table: v.nullable(tableName),
  }),
  'restore.copy': v.strictObject({
    ...ofSnapshot.entries,
    options: restoreOptions,
    planId: v.nullable(planId),
  }),
  'copy.reveal': v.strictObject({ copyId: id }),
  'history.export': v.strictObject({
    ...ofFolder.entries,
    entryId: snapshotId,
    text: v.pipe(v.array(v.pipe(v.string(), v.maxLength(10_000))), v.maxLength(5_000), v.readonly()),
  }),
  'rows.open': v.strictObject({ ...ofSnapshot.entries, otherId: v.nullable(snapshotId) }),
  'rows.close': v.strictObject({ rowsId: id }),
  'rows.shape': v.strictObject({ rowsId: id, request: rowsRequest }),
  'rows.page': v.strictObject({ rowsId: id, request: rowsRequest, window: rowsWindow }),
  'rows.changed-columns': v.strictObject({ rowsId: id, table: tableName }),
  'rows.key': v.strictObject({ rowsId: id, table: tableName, line: place }),
  'rows.cell': v.strictObject({ ...ofCell, column: place }),
  'rows.picture': v.strictObject({ ...ofCell, column: place, side }),
  'rows.copy': v.strictObject({ ...ofCell, column: v.nullable(place), side }),
  'protection.set': v.strictObject({ ...ofFolder.entries, take: v.boolean(), tidy: v.boolean() }),
  'menu.enable': v.strictObject({ commands: v.pipe(v.array(command), v.maxLength(20), v.readonly()) }),
  'theme.set': v.strictObject({ theme: v.picklist(['system', 'light', 'dark']) }),
  'folder.facts': ofFolder,
  'folder.in-use': ofFolder,
  'folder.protection': ofFolder,
  'folder.timeline': ofFolder,
  'folder.profile': ofFolder,
  'folder.happened': ofFolder,
  'folder.waiting': ofFolder,
  'folder.history': ofFolder,
  'snapshots.list': ofFolder,
  'snapshot.diff': ofSnapshot,
  'search.run': v.strictObject({
    ...ofFolder.entries,
    phrase: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
    kind: v.nullable(id),
    words: v.boolean(),
  }),
  'row.history': v.strictObject({
    ...ofFolder.entries,
    ...rowName,
  }),
  'snapshot.keep': v.strictObject({
    ...ofSnapshot.entries,
    label: v.strictObject({ name: words, note: words }),
  }),
  'snapshot.hold': ofSnapshot,
  'snapshot.release': ofSnapshot,
  'snapshot.let-go': ofSnapshot,
  'snapshot.salvageable': ofSnapshot,
  'folder.space': ofFolder,
  'conversation.open': ofSnapshot,
  'conversation.layout': ofChat,
  'conversation.page': v.strictObject({
    ...ofChat.entries,
    from: chatPlace,
    limit: upTo(200),
    longest: upTo(100_000),
  }),
  'conversation.difference': v.strictObject({
    ...ofChat.entries,
    from: chatPlace,
    direction: v.picklist(['next', 'previous']),
  }),
  'conversation.find': v.strictObject({
    ...ofFolder.entries,
    conversationId: id,
    event: v.pipe(v.string(), v.maxLength(4096)),
  }),
  'conversation.correct': v.strictObject({ ...ofFolder.entries, fields }),
  'profile.save-fields': v.strictObject({ ...ofFolder.entries, fields }),
  'snapshot.take': v.strictObject({ folderId: id, kind: v.picklist(['rewind', 'periodic']) }),
  'restore.plan': v.strictObject({ ...ofSnapshot.entries, options: restoreOptions }),
  'undo.plan': v.strictObject({ ...ofFolder.entries, ...consents, of: v.nullable(snapshotId) }),
  'plan.rehearse': v.strictObject({ ...ofFolder.entries, planId }),
  'plan.apply': v.strictObject({ ...ofFolder.entries, ...consents, planId, whileOpen: v.boolean() }),
  'plan.outcome': v.strictObject({ ...ofFolder.entries, planId }),
  'prune.plan': v.strictObject({ ...ofFolder.entries, policy: prunePolicy }),
  'prune.only-copies': v.strictObject({ ...ofFolder.entries, ids: snapshotIds }),
  'trash.view': ofFolder,
  'trash.only-copies': v.strictObject({ ...ofFolder.entries, planId }),
  'trash.put-back': v.strictObject({
    ...ofFolder.entries,
    choices: v.pipe(
      v.array(v.strictObject({ trashName: id, ids: v.nullable(snapshotIds) })),
      v.maxLength(100_000),
      v.readonly(),
    ),
  }),
  'prune.apply': v.strictObject({ ...ofFolder.entries, planId }),
} satisfies { readonly [N in RequestName]: v.GenericSchema<ArgsOf<N>> };

/** A checked request of the window: its name exists, and its arguments have exactly the right shape. */
export type Parsed = { [N in RequestName]: { readonly name: N; readonly args: ArgsOf<N> } }[RequestName];

const requestName = v.custom<RequestName>(
  (name) => typeof name === 'string' && Object.hasOwn(schemas, name),
  'an unknown request',
);
const envelope = v.strictObject({ requestId: id, name: requestName, args: v.unknown() });

/**
 * Checks a message of the window completely.
 * @throws a `TypeError` that says what is wrong: the window never sends such a message, so it is a bug or an attack
 */
export function parseRequest(message: unknown): { readonly requestId: string; readonly request: Parsed } {
  const { requestId, name, args } = parse(envelope, message, 'the envelope');
  const schema: v.GenericSchema = schemas[name];
  // The arguments have just been checked with the schema for this name.
  return { requestId, request: { name, args: parse(schema, args, name) } as Parsed };
}

const drop = v.strictObject({
  requestId: id,
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  beside: v.nullable(id),
});

/** A file or folder that was dropped on the window, and the folder that is open there. */
export type Drop = v.InferOutput<typeof drop>;

/** Checks the message that opens a dropped file or folder. @throws a `TypeError` */
export function parseDrop(message: unknown): Drop {
  return parse(drop, message, 'a drop');
}

/** Checks the id of a request to cancel. @throws a `TypeError` */
export function parseCancel(message: unknown): string {
  return parse(id, message, 'a cancel');
}

function parse<T>(schema: v.GenericSchema<T>, value: unknown, subject: string): T {
  const result = v.safeParse(schema, value);
  if (!result.success)
    throw new TypeError(
      `Refused ${subject}: ${result.issues.map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`).join('; ')}`,
    );
  return result.output;
}
