import { Button } from 'react-aria-components';
import type { RestorePlan } from '../../src/model/restore.ts';
import { compareWithWords } from '../../words/merge.ts';
import { useNow } from '../ask/now.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';
import { ConflictChooser } from './conflict-chooser.tsx';
import type { Merging } from './use-merging.ts';

export type MergePartProps = { readonly plan: RestorePlan; readonly merging: Merging };

/** What a person has to choose in a merge: the versions of rows that both sides changed, or another snapshot to compare with. */
export function MergePart({ plan, merging: { conflicts, choices, onChoose, onBase } }: MergePartProps) {
  const { value, error, progress, reload } = conflicts;
  const now = useNow();
  if (plan.options.merge === undefined) return null;
  if (plan.otherBases.length > 0) {
    const words = compareWithWords(plan.otherBases, now);
    return (
      <div className="other-bases">
        {plan.otherBases.map(({ snapshot }, index) => (
          <Button key={snapshot} className="button" onPress={() => onBase(snapshot)}>
            {words[index]}
          </Button>
        ))}
      </div>
    );
  }
  if (plan.conflictCount === 0) return null;
  if (error !== null)
    return (
      <ErrorNote error={error}>
        <Button className="button" onPress={reload}>
          Try again
        </Button>
      </ErrorNote>
    );
  if (value === null) return <Working progress={progress} words="Reading both versions" />;
  return <ConflictChooser key={value.conflictsId} conflicts={value} choices={choices} onChoose={onChoose} />;
}
