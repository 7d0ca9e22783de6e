import type { SnapshotId } from '../model/snapshots.ts';

/** A restore, undo or redo that was made, by its safety copy. `target`: what it brought back. */
export type Step = {
  readonly id: SnapshotId;
  readonly action: 'restore' | 'undo';
  readonly target: SnapshotId;
};

/** What a step was to the person: an undo of an undo makes the restore again. */
type StepKind = 'restore' | 'undo' | 'redo';

export type Walk = {
  /** What each step was, and of which restore; null where that is not known any more. */
  readonly steps: ReadonlyMap<SnapshotId, { readonly kind: StepKind; readonly of: SnapshotId | null }>;
  /** The step that made what the database holds; null where all that is known was taken back. */
  readonly held: SnapshotId | null;
  /** The steps of which the database still holds the result: the restores, and what made them again. */
  readonly inEffect: ReadonlySet<SnapshotId>;
  /** The step that Undo takes back next: one restore further back each time. */
  readonly undo: SnapshotId | null;
  /** The undo that Redo takes back next. Nothing, once something else was restored. */
  readonly redo: SnapshotId | null;
};

/** A restore of which the database holds the result. `by`: the step that made it last. */
type Made = { readonly of: SnapshotId | null; readonly by: SnapshotId };
type TakenBack = { readonly by: SnapshotId; readonly made: readonly Made[] };

/**
 * Tells from the steps, oldest first, what the database holds of them, and where Undo and Redo lead. Null stands for a step
 * of which nobody knows whether it was made: nothing before it can be taken back in order any more. The newest step can
 * always be taken back.
 */
export function walkBack(steps: readonly (Step | null)[]): Walk {
  const told = new Map<SnapshotId, { readonly kind: StepKind; readonly of: SnapshotId | null }>();
  let made: readonly Made[] = [];
  let undone: readonly TakenBack[] = [];
  for (const step of steps) {
    if (step === null) {
      [made, undone] = [[], []];
      continue;
    }
    const { id } = step;
    const target = step.action === 'undo' ? told.get(step.target) : undefined;
    const of = step.action === 'restore' ? id : (target?.of ?? null);
    if (step.action === 'restore') {
      told.set(id, { kind: 'restore', of });
      [made, undone] = [[...made, { of, by: id }], []];
    } else if (target?.kind === 'undo') {
      told.set(id, { kind: 'redo', of });
      const newest = undone.at(-1);
      const again = newest?.by === step.target ? newest.made : [{ of, by: id }];
      made = [...(newest?.by === step.target ? made : []), ...again.slice(0, -1), { of, by: id }];
      undone = newest?.by === step.target ? undone.slice(0, -1) : [];
    } else {
      told.set(id, { kind: 'undo', of });
      const at = made.findIndex(({ by }) => by === step.target);
      undone = [
        ...(at === -1 ? [] : undone),
        { by: id, made: at === -1 ? [{ of, by: step.target }] : made.slice(at) },
      ];
      made = at === -1 ? [] : made.slice(0, at);
    }
  }
  const held = made.at(-1)?.by ?? null;
  return {
    steps: told,
    held,
    inEffect: new Set(made.flatMap(({ of, by }) => (of === null ? [by] : [of, by]))),
    undo: held,
    redo: undone.at(-1)?.by ?? null,
  };
}
