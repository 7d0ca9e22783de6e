import { z } from 'zod';
import type { ArgsOf, MenuCommand, RequestName } from '../contract.ts';

const id = z.string().min(1).max(64);
const snapshotId = z.string().min(1).max(512);
const planId = z.string().regex(/^[0-9a-f]{64}$/);
const tableNames = z.array(z.string().max(1024)).max(1000).readonly();

const none = z.strictObject({});
const ofFolder = z.strictObject({ folderId: id });
const ofSnapshot = z.strictObject({ folderId: id, snapshotId });

const restoreOptions = z.strictObject({
  mode: z.enum(['full', 'projections']),
  acceptDrift: z.boolean(),
  clearTables: tableNames,
  rewrite: z.enum(['differing', 'all']),
});

const prunePolicy = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('count'),
    kind: z.string().min(1).max(64),
    keep: z.int().min(0).max(1_000_000),
  }),
  z.strictObject({
    by: z.literal('age'),
    kind: z.string().min(1).max(64),
    olderThanDays: z.int().min(0).max(1_000_000),
  }),
  z.strictObject({ by: z.literal('choice'), ids: z.array(snapshotId).max(100_000).readonly() }),
]);

const command = z.enum([
  'open',
  'open-target',
  'take',
  'restore',
  'undo',
  'prune',
  'empty-trash',
  'reveal',
  'help',
]) satisfies z.ZodType<MenuCommand>;

const schemas = {
  'start.facts': none,
  'folder.open-target': none,
  'folder.choose': z.strictObject({ what: z.enum(['folder', 'database']) }),
  'folder.open-recent': z.strictObject({ recentId: id }),
  'folder.close': ofFolder,
  'folder.reveal': ofFolder,
  'recent.forget': z.strictObject({ recentId: id }),
  'demo.open': z.strictObject({ fresh: z.boolean() }),
  'snapshot.reveal': ofSnapshot,
  'trash.empty': ofFolder,
  'menu.enable': z.strictObject({ commands: z.array(command).max(20).readonly() }),
  'theme.set': z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }),
  'folder.facts': ofFolder,
  'folder.in-use': ofFolder,
  'snapshots.list': ofFolder,
  'snapshot.diff': ofSnapshot,
  'snapshot.take': z.strictObject({ folderId: id, kind: z.enum(['rewind', 'periodic']) }),
  'restore.plan': ofSnapshot.extend({ options: restoreOptions }),
  'undo.plan': ofFolder.extend({ acceptDrift: z.boolean() }),
  'plan.apply': ofFolder.extend({ planId, whileOpen: z.boolean(), acceptDrift: z.boolean() }),
  'prune.plan': ofFolder.extend({ policy: prunePolicy }),
  'prune.apply': ofFolder.extend({ planId }),
} satisfies { readonly [N in RequestName]: z.ZodType<ArgsOf<N>> };

/** What the window sent, proven to be a request that exists, with arguments of exactly its shape. */
export type Parsed = { [N in RequestName]: { readonly name: N; readonly args: ArgsOf<N> } }[RequestName];

const requestName = z.custom<RequestName>(
  (name) => typeof name === 'string' && Object.hasOwn(schemas, name),
  'an unknown request',
);
const envelope = z.strictObject({ requestId: id, name: requestName, args: z.unknown() });

/**
 * Checks a message of the window from the ground up.
 * Throws a `TypeError` that says where it is wrong: the window never sends such a thing, so it is a bug or an attack.
 */
export function parseRequest(message: unknown): { readonly requestId: string; readonly request: Parsed } {
  const { requestId, name, args } = parse(envelope, message, 'the envelope');
  const schema: z.ZodType<unknown> = schemas[name];
  // Proven right here: the arguments went through the schema of this very name.
  return { requestId, request: { name, args: parse(schema, args, name) } as Parsed };
}

/** Checks the message that opens a dropped file or folder. Throws a `TypeError`. */
export function parseDrop(message: unknown): { readonly requestId: string; readonly path: string } {
  return parse(z.strictObject({ requestId: id, path: z.string().min(1).max(4096) }), message, 'a drop');
}

/** Checks the id of a request to cancel. Throws a `TypeError`. */
export function parseCancel(message: unknown): string {
  return parse(id, message, 'a cancel');
}

function parse<T>(schema: z.ZodType<T>, value: unknown, subject: string): T {
  const result = schema.safeParse(value);
  if (!result.success)
    throw new TypeError(
      `Refused ${subject}: ${result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
    );
  return result.data;
}
