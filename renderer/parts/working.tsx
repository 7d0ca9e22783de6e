import { Button, ProgressBar } from 'react-aria-components';
import type { Progress } from '../../src/model/task.ts';
import { doneFraction, phaseWords, progressWords, timeLeftWords } from '../../words/phases.ts';

export type WorkingProps = {
  readonly progress: Progress | null;
  /** The label until the first progress report. */
  readonly words: string;
  readonly onCancel?: (() => void) | undefined;
};

/** Shows a running task: how far it is, its phase, the time left and, if it can be cancelled, a Cancel button. */
export function Working({ progress, words, onCancel }: WorkingProps) {
  const label = progress === null ? words : phaseWords(progress.phase);
  const fraction = progress === null ? null : doneFraction(progress);
  const known = fraction !== null;
  const percent = known ? 100 * fraction : 0;
  const far = progress === null ? '' : progressWords(progress);
  const left = progress === null ? '' : timeLeftWords(progress);
  return (
    <div className="working">
      <ProgressBar aria-label={label} value={percent} isIndeterminate={!known}>
        <span className={known ? 'track' : 'track indeterminate'}>
          <span className="fill" style={known ? { width: `${percent}%` } : {}} />
        </span>
        <span className="working-line">
          <span>
            {`${label}…`}
            {far !== '' && <span className="dim"> {far}</span>}
          </span>
          <span className="dim">{left}</span>
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
