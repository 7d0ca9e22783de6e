import type { RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import { alongTitle, guessedWords, stayingTitle } from '../../words/part.ts';
import { alongLines, MORE_STAYING, stayingLines } from '../../words/selected.ts';
import { useRules } from '../ask/rules.ts';
import { Fold } from '../parts/fold.tsx';
import { Tick } from '../parts/tick.tsx';

export type PartNotesProps = {
  readonly plan: RestorePlan;
  readonly options: RestoreOptions;
  readonly onOptions: (options: RestoreOptions) => void;
};

/** What a part brings along, what stays although it differs, and what only a guess ties to it, which is left to choose. */
export function PartNotes({ plan, options, onOptions }: PartNotesProps) {
  const { selection } = options;
  const guess = guessedWords(plan, useRules());
  const { pulled, staying, moreStaying } = plan;
  return (
    <>
      {selection?.by === 'chat' && guess !== null && (
        <div className="guessed">
          <p>{guess}</p>
          <Tick
            isSelected={selection.withGuessed}
            onChange={(withGuessed) => onOptions({ ...options, selection: { ...selection, withGuessed } })}
          >
            Bring that back too
          </Tick>
        </div>
      )}
      {pulled.length > 0 && (
        <Fold title={alongTitle(plan)}>
          <Lines lines={alongLines(plan)} />
        </Fold>
      )}
      {staying.length > 0 && (
        <Fold title={stayingTitle(plan)}>
          <Lines lines={[...stayingLines(plan), ...(moreStaying ? [MORE_STAYING] : [])]} />
        </Fold>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="details">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
