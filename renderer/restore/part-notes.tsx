import type { RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import { alongTitle, type ChosenPart, guessedWords, relatedWords, stayingTitle } from '../../words/part.ts';
import { alongLines, MORE_STAYING, stayingLines } from '../../words/selected.ts';
import { useRules } from '../ask/rules.ts';
import { Fold } from '../parts/fold.tsx';
import { Tick } from '../parts/tick.tsx';
import { RelatedChoice } from './related-choice.tsx';

export type PartNotesProps = {
  /** Null: all of the snapshot is restored. */
  readonly part: ChosenPart | null;
  readonly plan: RestorePlan;
  readonly options: RestoreOptions;
  readonly onOptions: (options: RestoreOptions) => void;
};

/** What a part brings along, what stays although it differs, and what only a guess ties to it, which is left to choose. */
export function PartNotes({ part, plan, options, onOptions }: PartNotesProps) {
  const { selection } = options;
  const rules = useRules();
  const guess = guessedWords(plan, rules);
  const along = relatedWords(plan, rules);
  const { pulled, staying, moreStaying } = plan;
  return (
    <>
      {selection?.by === 'rows' && (part?.as === 'rows' || part?.as === 'message') && (
        <RelatedChoice
          part={part}
          related={selection.related ?? 'none'}
          onChange={(related) => onOptions({ ...options, selection: { ...selection, related } })}
        />
      )}
      {along !== null && <p className="note">{along}</p>}
      {selection !== undefined && selection.by !== 'tables' && guess !== null && (
        <div className="guessed">
          <p>{guess}</p>
          <Tick
            isSelected={selection.withGuessed === true}
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
