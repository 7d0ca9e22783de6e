import { createHash } from 'node:crypto';
import type { HostDatabase } from '../host/host-database.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Refusal } from '../model/restore.ts';
import type { Merge, MergedPart } from '../model/selection.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { copyStage } from '../stage/stage.ts';
import { countChosen } from './chosen-rows.ts';
import { applyChoices, readConflicts } from './conflicts.ts';
import { findMergeSides } from './merge-sides.ts';
import { mergeLiveRows } from './merge-stage.ts';
import { refusalOf } from './refusals.ts';
import { NO_MERGE, NO_PART, type SelectedStage, type Source } from './selected-stage.ts';

/*
 * Restoring a snapshot while keeping what was written since in the tables themselves, for a chat app that would not apply
 * it again. Each row that differs is taken from the side that changed it since the rewind; those that both changed are
 * conflicts, which a person has to choose. The record of the rewind goes, so that nothing rewinds again.
 *
 * For planning, writing, verifying and undoing, this is the restore of a part: of the rows that are taken from the snapshot.
 */

/**
 * Makes the stage whose restore takes from the snapshot what the merge takes from it, and changes nothing else. As long as
 * conflicts are open, it has their rows as they are now. Call it in the transaction that the plan is made in. The caller
 * closes the stage.
 * @throws `usage` for what cannot be chosen, as `findMergeSides`, `disk-full`, `schema-needs-host`, `cancelled`, database errors
 */
export async function mergeNewer(
  source: Source,
  database: HostDatabase,
  { baseId, choices }: Merge,
  task: TaskOptions,
): Promise<SelectedStage> {
  const { folder, stage, place } = source;
  const sides = await findMergeSides(source, database, baseId, task);
  if (sides.refusal !== null) return refuse(source, sides.refusal, sides.otherBases);
  const { base, tables } = sides;
  let copy: SelectedStage['stage'] | null = null;
  const close = async () => {
    await copy?.close();
    await sides.close();
  };
  try {
    applyChoices(database, tables, choices);
    const { undecided, ...conflicts } = await readConflicts(database, tables, task);
    const part = { base, otherBases: [], ...conflicts };
    const counted = tables.map((table) => ({ table, rows: countChosen(database, table) }));
    const taken = counted.filter(({ rows }) => rows > 0).map(({ table }) => table);
    const chosen = new Map(counted.map(({ table, rows }) => [table.comparison.staged.live.name, rows]));
    const touched = new Set(taken.map(({ comparison }) => foldName(comparison.staged.live.name)));
    const isTouched = ({ table }: { readonly table: string }) => touched.has(foldName(table));
    copy = copyStage(stage, { folder: place, nativeBinding: folder.nativeBinding });
    const target = { stage: copy, nativeBinding: folder.nativeBinding };
    const merged = await mergeLiveRows(target, database, taken, task);
    return {
      stage: {
        ...copy,
        drift: stage.drift.filter(isTouched),
        guessedBlobs: stage.guessedBlobs.filter(isTouched),
        tables: merged.tables,
      },
      selected: {
        ...{ part: NO_PART, whole: new Set(), chosen, obstacle: null },
        hash: hashOf(merged.hash, part),
        merged: { part, undecided, refusals: part.conflictsOpen === 0 ? [] : [openRefusal(part)] },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One name for what is restored, and for what was shown of it. */
function hashOf(rows: string, { base, conflictsOpen, conflictsHash }: MergedPart): string {
  const told = [rows, base?.snapshot, base?.inferred, conflictsOpen, conflictsHash];
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

/** Nothing is merged. */
function refuse({ stage }: Source, refusal: Refusal, otherBases: MergedPart['otherBases']): SelectedStage {
  return {
    stage: { ...stage, tables: [] },
    selected: {
      ...{
        part: NO_PART,
        hash: String(refusal.detail.why),
        whole: new Set(),
        chosen: new Map(),
        obstacle: null,
      },
      merged: { part: { ...NO_MERGE, otherBases }, undecided: [], refusals: [refusal] },
    },
    close: null,
  };
}

function openRefusal({ conflictsOpen, conflictCount }: MergedPart): Refusal {
  return refusalOf(
    new SnapbackError(
      'conflicts-open',
      conflictsOpen === 1
        ? 'One row has changed both in the snapshot and since, and nothing says which version to take.'
        : `${conflictsOpen} rows have changed both in the snapshot and since, and nothing says which versions to take.`,
      { open: conflictsOpen, conflicts: conflictCount },
    ),
  );
}
