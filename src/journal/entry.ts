import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode } from '../model/errors.ts';
import type { CheckResult, RestoredPart, RestoreReceipt, Returned } from '../model/receipt.ts';
import type { InUse } from '../model/restore.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { isSnapshotId } from '../snapshots/names.ts';
import { type ProcessMark, processMark } from '../system/process-mark.ts';

/** One line of the journal. */
export type JournalEntry =
  | {
      readonly type: 'prepared';
      readonly planId: string;
      readonly action: 'restore' | 'undo';
      readonly snapshotId: SnapshotId;
      readonly safetyCopyId: SnapshotId;
      /** File name within the folder of the periodic snapshots. */
      readonly checkpointDraft: string | null;
      /** Who makes the restore; null in lines of earlier versions, which did not say. */
      readonly by: ProcessMark | null;
      readonly at: string;
    }
  | { readonly type: 'committed'; readonly receipt: RestoreReceipt; readonly at: string }
  /** A later start found out that the restore was committed: the process had died before it could record that. */
  | {
      readonly type: 'recovered';
      readonly planId: string;
      readonly safetyCopyId: SnapshotId;
      readonly at: string;
    }
  | { readonly type: 'aborted'; readonly planId: string; readonly code: ErrorCode; readonly at: string }
  | {
      readonly type: 'checkpoint-published';
      readonly planId: string;
      /** Null: a later start found the draft gone, so that the name of the published checkpoint is unknown. */
      readonly checkpointId: SnapshotId | null;
      readonly at: string;
    };

const text = v.pipe(v.string(), v.maxLength(1000));
/** Of any length: how much of the journal is read is bounded already. */
const detail = v.string();
const snapshotId = v.pipe(text, v.check(isSnapshotId));
const action = v.picklist(['restore', 'undo']);
const amount = v.pipe(v.number(), v.finite());
/** JSON has no 64-bit integers: they are kept as text. */
const integer = v.pipe(v.string(), v.regex(/^-?\d{1,19}$/), v.toBigint());

/** The first versions called a safety copy's id `safetySnapshotId`. */
const underItsName = v.transform((members: Readonly<Record<string, unknown>>) =>
  members.safetyCopyId === undefined ? { ...members, safetyCopyId: members.safetySnapshotId } : members,
);

const inUse = v.variant('state', [
  v.object({ state: v.picklist(['no', 'unknown']) }),
  v.object({ state: v.literal('yes'), by: v.array(v.object({ pid: amount, name: detail })) }),
]) satisfies v.GenericSchema<unknown, InUse>;

/* Listed by name, so that the compiler notices a missing one: a receipt with an unknown word could not be read back. */
const checked = {
  'content-hash': 'content-hash',
  bystanders: 'bystanders',
  'foreign-keys': 'foreign-keys',
  integrity: 'integrity',
  'search-index': 'search-index',
  derived: 'derived',
  schema: 'schema',
  checkpoint: 'checkpoint',
} as const satisfies { readonly [check in CheckResult['check']]: check };
const results = {
  ok: 'ok',
  'unchanged-damage': 'unchanged-damage',
  'came-back': 'came-back',
  rebuilt: 'rebuilt',
  left: 'left',
  'not-run': 'not-run',
  'not-brought-back': 'not-brought-back',
} as const satisfies { readonly [result in CheckResult['result']]: result };

const check = v.object({
  check: v.enum(checked),
  subject: v.nullable(detail),
  result: v.enum(results),
  detail: v.nullable(detail),
}) satisfies v.GenericSchema<unknown, CheckResult>;

const returned = v.object({
  messages: amount,
  events: amount,
  chats: amount,
  named: v.array(v.object({ chat: v.nullable(detail), chatName: v.nullable(detail), messages: amount })),
}) satisfies v.GenericSchema<unknown, Returned>;

const part = v.variant('by', [
  v.object({ by: v.literal('tables'), tables: v.array(detail) }),
  v.object({ by: v.literal('chat'), chat: detail, chatName: v.nullable(detail) }),
  v.object({
    by: v.literal('rows'),
    rows: v.array(
      v.object({ table: detail, role: v.picklist(['log', 'projected']), back: amount, gone: amount }),
    ),
  }),
]) satisfies v.GenericSchema<unknown, RestoredPart>;

const receipt = v.pipe(
  v.looseObject({}),
  underItsName,
  v.object({
    planId: detail,
    action,
    snapshotId,
    mode: v.picklist(['full', 'projections']),
    isPart: v.optional(v.literal(true)),
    part: v.optional(part),
    finishedAt: detail,
    safetyCopyId: snapshotId,
    checkpointId: v.nullable(snapshotId),
    tables: v.array(
      v.object({
        name: detail,
        rows: amount,
        beforeHash: detail,
        afterHash: detail,
        added: amount,
        removed: amount,
        changed: amount,
      }),
    ),
    // Earlier versions did not write these.
    returned: v.optional(v.nullable(returned), null),
    notRestored: v.optional(v.array(v.object({ name: detail, rows: amount, choice: v.boolean() })), []),
    leftOut: v.optional(v.array(detail), []),
    checks: v.array(check),
    lastEventId: integer,
    replay: v.optional(v.nullable(v.object({ fromEvent: integer, toEvent: integer })), null),
    writeLockMs: amount,
    whileOpen: v.boolean(),
    inUse,
  }),
) satisfies v.GenericSchema<unknown, RestoreReceipt>;

/** Exactly one line of the journal. An id that could lead out of its folder is refused. */
export const journalEntry = v.pipe(
  v.looseObject({}),
  underItsName,
  v.variant('type', [
    v.object({
      type: v.literal('prepared'),
      planId: text,
      action,
      snapshotId,
      safetyCopyId: snapshotId,
      checkpointDraft: v.nullable(text),
      by: v.optional(v.nullable(processMark), null),
      at: text,
    }),
    v.object({ type: v.literal('committed'), receipt, at: text }),
    v.object({ type: v.literal('recovered'), planId: text, safetyCopyId: snapshotId, at: text }),
    v.object({ type: v.literal('aborted'), planId: text, code: v.picklist(ERROR_CODES), at: text }),
    v.object({
      type: v.literal('checkpoint-published'),
      planId: text,
      checkpointId: v.nullable(snapshotId),
      at: text,
    }),
  ]),
) satisfies v.GenericSchema<unknown, JournalEntry>;
