import type { RestoreMode } from '../../src/model/restore.ts';
import type { Progress } from '../../src/model/task.ts';
import { phaseWords } from '../../words/phases.ts';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';

type Phase = Progress['phase'];

const STEPS: readonly Phase[] = [
  'read-snapshot',
  'compare',
  'safety-copy',
  'apply',
  'verify',
  'checkpoint',
  'commit',
];
/** Phases that are shown as part of another step. */
const WITHIN: { readonly [P in Phase]?: Phase } = {
  'copy-database': 'compare',
  'wait-for-lock': 'safety-copy',
};

export type RestoreStepsProps = { readonly progress: Progress | null; readonly mode: RestoreMode };

/** The steps of a restore: those that are done, the current one with its progress, and those still to come. */
export function RestoreSteps({ progress, mode }: RestoreStepsProps) {
  const steps = STEPS.filter((step) => step !== 'checkpoint' || mode === 'full');
  const phase = progress === null ? 'read-snapshot' : (WITHIN[progress.phase] ?? progress.phase);
  const at = steps.indexOf(phase);
  return (
    <div className="steps">
      <ol>
        {steps.map((step, index) => (
          <li
            key={step}
            className={index < at ? 'done' : index === at ? 'current' : 'ahead'}
            aria-current={index === at ? 'step' : undefined}
          >
            <span className="step-mark">{index < at && <Icon name="check" size={12} />}</span>
            {phaseWords(step)}
          </li>
        ))}
      </ol>
      <Working progress={progress} words="Starting" />
      <p className="dim">
        {progress?.cancellable === false
          ? 'This step can’t be interrupted. Either everything is restored or nothing.'
          : 'Cancelling leaves everything unchanged.'}
      </p>
    </div>
  );
}
