import type { PrunePolicy } from '../../src/model/prune.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';

/** The values of all fields of the dialog, including those of the rules that are not picked. */
export type PruneFields = {
  readonly by: PrunePolicy['by'];
  readonly countKind: string;
  readonly keep: number;
  readonly ageKind: string;
  readonly days: number;
  readonly ids: ReadonlySet<SnapshotId>;
};

/** The policy that the fields describe. Null while they are incomplete. */
export function policyOf(fields: PruneFields): PrunePolicy | null {
  switch (fields.by) {
    case 'count':
      return Number.isInteger(fields.keep) && fields.keep >= 0
        ? { by: 'count', kind: fields.countKind, keep: fields.keep }
        : null;
    case 'age':
      return Number.isInteger(fields.days) && fields.days >= 0
        ? { by: 'age', kind: fields.ageKind, olderThanDays: fields.days }
        : null;
    case 'choice':
      return fields.ids.size > 0 ? { by: 'choice', ids: [...fields.ids].toSorted() } : null;
  }
}

/** The fields that describe a rule; none for a choice or no rule. */
export function fieldsOf(rule: PrunePolicy | null): Partial<PruneFields> {
  if (rule?.by === 'count') return { by: 'count', countKind: rule.kind, keep: rule.keep };
  if (rule?.by === 'age') return { by: 'age', ageKind: rule.kind, days: rule.olderThanDays };
  return {};
}

/** The kind to start with: `usual` if there are snapshots of it, otherwise the first kind. */
export function firstKind(kinds: readonly string[], usual: string): string {
  return kinds.includes(usual) ? usual : (kinds[0] ?? usual);
}
