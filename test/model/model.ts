import { isDeepStrictEqual } from 'node:util';
import { type ErrorCode, type RestoreMode, SnapbackError, type SnapshotId } from '../../src/index.ts';
import { type Content, type Held, lastId } from './content.ts';
import type { HostWays } from './host.ts';
import { isSameEvent, type Predicted, predictRestore } from './predict.ts';
import type { Verb } from './verbs.ts';

/* What has to be there after any sequence of actions, as plain values. */

export type World = HostWays & {
  readonly journalMode: 'wal' | 'delete';
  /** Whether stages are kept. */
  readonly cached: boolean;
};

export type Snapshot = {
  readonly held: Held;
  readonly bytes: Buffer;
  /** How many full restores had been made before it was. */
  readonly after: number;
};

/** A restore that Undo takes back, or an undo that Redo does, by its safety copy. */
export type Step = { readonly copy: SnapshotId; readonly before: Held; readonly mode: RestoreMode };

type Trashed = { readonly trashName: string; readonly id: SnapshotId; readonly snapshot: Snapshot };

export type Model = {
  readonly world: World;
  held: Held;
  draft: string;
  /** The highest id that an event ever had. */
  highest: number;
  readonly snapshots: Map<SnapshotId, Snapshot>;
  trash: readonly Trashed[];
  /** What Undo, and Redo, lead back to, the next one last. */
  back: readonly Step[];
  again: readonly Step[];
  /** What the newest restore left, where its tables do not hold the whole log; null where they do. */
  lagging: Held | null;
  /** How many full restores were made. */
  fullRestores: number;
  /** What was done, in words. */
  readonly told: string[];
};

export function isRestore(verb: Verb): verb is Extract<Verb, { readonly do: 'restore' | 'undo' | 'redo' }> {
  return ['restore', 'undo', 'redo'].includes(verb.do);
}

/** The step that an undo or a redo takes back. */
export function stepOf({ back, again }: Model, verb: Verb): Step | undefined {
  if (verb.do === 'undo') return back.at(-1);
  return verb.do === 'redo' ? again.at(-1) : undefined;
}

/** How a restore, undo or redo is made: a part of a snapshot is written as in a full restore. */
export function modeOf(model: Model, verb: Verb): RestoreMode {
  return verb.do === 'restore' ? verb.mode : (stepOf(model, verb)?.mode ?? 'full');
}

/**
 * What the database tells of its content. Where a rewind made the tables what a restore had left, and the log goes on from
 * there, nobody can tell whether the application had applied the events in between: then they count as waiting.
 */
export function asTold({ held, lagging }: Pick<Model, 'held' | 'lagging'>): Held {
  if (held.tablesAt !== null || lagging === null) return held;
  const { log, chats, memories, tablesAt } = lagging;
  const same = isDeepStrictEqual([held.chats, held.memories], [chats, memories]);
  const goesOn = log.every((event, at) => isSameEvent(event, held.log[at]));
  return same && goesOn ? { ...held, tablesAt } : held;
}

/** What the content is after an action, and the code with which it is refused instead. */
export function predict(model: Model, verb: Verb): Predicted {
  const { snapshots } = model;
  const held = asTold(model);
  const unchanged = (refused: ErrorCode | null): Predicted => ({ after: held, refused });
  if (verb.do === 'take') return unchanged(held.tablesAt === null ? null : 'events-not-applied');
  if (verb.do === 'restore') {
    const snapshot = snapshots.get(verb.id);
    return snapshot === undefined ? unchanged('snapshot-missing') : predictRestore(held, snapshot.held, verb);
  }
  if (verb.do !== 'undo' && verb.do !== 'redo') return unchanged(null);
  const step = stepOf(model, verb);
  if (step === undefined || !snapshots.has(step.copy)) return unchanged('nothing-to-undo');
  return predictRestore(held, step.before, { mode: step.mode, keepNewer: false });
}

/** What the fresh checkpoint of a restore holds: no event that its tables do not hold yet. */
export function checkpointOf({ tablesAt, ...content }: Held): Content {
  return { ...content, log: content.log.filter(({ id }) => tablesAt === null || id <= tablesAt) };
}

/** Moves on after a restore, undo or redo that was made, with the safety copy that it left. */
export function moveOn(model: Model, verb: Verb, after: Held, copy: SnapshotId): void {
  const step = { copy, before: asTold(model), mode: modeOf(model, verb) };
  if (step.mode === 'full') model.fullRestores += 1;
  if (verb.do === 'undo') [model.back, model.again] = [model.back.slice(0, -1), [...model.again, step]];
  else if (verb.do === 'redo') [model.back, model.again] = [[...model.back, step], model.again.slice(0, -1)];
  else [model.back, model.again] = [[...model.back, step], []];
  model.held = after;
  model.lagging = after.tablesAt === null ? null : after;
  model.highest = Math.max(model.highest, lastId(after));
}

/** The code of an error of ours. Anything else is a bug, and is passed on. */
export function codeOfError(error: unknown): ErrorCode {
  if (error instanceof SnapbackError) return error.code;
  throw error;
}

/** The checkpoint that the host loads at its next start. */
export function newestCheckpoint(snapshots: Model['snapshots']): readonly [SnapshotId, Snapshot] | undefined {
  return [...snapshots]
    .filter(([id]) => id.startsWith('periodic/'))
    .toSorted(([a], [b]) => (a < b ? 1 : -1))[0];
}
