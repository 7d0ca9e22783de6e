import { Button, ProgressBar } from 'react-aria-components';
import type { Progress } from '../../src/model/task.ts';
import { phaseWords, progressWords } from '../../words/phases.ts';

export type WorkingProps = {
  readonly progress: Progress | null;
  /** The label until the first progress report. */
  readonly words: string;
  readonly onCancel?: (() => void) | undefined;
};

/** Shows a running task: its phase, its progress and, if it can be cancelled, a Cancel button. */
export function Working({ progress, words, onCancel }: WorkingProps) {
  const label = progress === null ? words : phaseWords(progress.phase);
  const total = progress?.total ?? null;
  const known = progress !== null && total !== null && total > 0;
  const percent = known ? Math.min(100, (100 * progress.done) / total) : 0;
  return (
    <div className="working">
      <ProgressBar aria-label={label} value={percent} isIndeterminate={!known}>
        <span className="working-line">
          <span>{label}…</span>
          <span className="dim">{progress === null ? '' : progressWords(progress)}</span>
        </span>
        <span className={known ? 'track' : 'track indeterminate'}>
          <span className="fill" style={known ? { width: `${percent}%` } : {}} />
        </span>
      </ProgressBar>
      {/* Screen readers do not announce changes inside a progress bar, so the phase is repeated here. */}
      <span className="visually-hidden" role="status">
        {label}
      </span>
      {onCancel !== undefined && (
        <Button className="button" onPress={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}
