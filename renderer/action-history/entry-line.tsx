import { useId } from 'react';
import { Button } from 'react-aria-components';
import type { HistoryEntry } from '../../src/model/history.ts';
import { endedWords, figuresWords, isRestore, standingWords, takeBackWords } from '../../words/history.ts';
import { type Exactness, formatMoment, formatUtc } from '../../words/moments.ts';
import type { Story } from '../../words/story.ts';
import { useNow } from '../ask/now.ts';
import { StoryText } from '../parts/story-text.tsx';

export type EntryLineProps = {
  readonly entry: HistoryEntry;
  readonly story: Story;
  readonly exact: Exactness;
  readonly canUndo: boolean;
  readonly onUndo: () => void;
  readonly onTrash: () => void;
  readonly onExport: () => void;
};

/** One entry: its name, when and how it ended, its figures, and what can be done with it. What is past is dimmed. */
export function EntryLine({ entry, story, exact, ...props }: EntryLineProps) {
  const now = useNow();
  const name = useId();
  const { wayBack } = entry;
  const standing = standingOf(entry);
  const state = standingWords(entry);
  const said = [endedWords(entry), figuresWords(entry)].filter(Boolean).join(' ');
  const way = !wayBack.can && wayBack.why === 'past' ? '' : takeBackWords(entry);
  return (
    <li className={`history-entry ${standing}`} aria-labelledby={name}>
      <p className="history-name" id={name} dir="auto">
        <StoryText story={story} />
      </p>
      <p className="history-facts">
        <time dateTime={entry.at} title={formatUtc(entry.at)}>
          {formatMoment(entry.at, now, exact)}
        </time>
        {state !== '' && <span className="history-state">{state}</span>}
      </p>
      {said !== '' && <p className="history-facts">{said}</p>}
      {way !== '' && <p className="history-facts">{way}</p>}
      <div className="history-ends">
        {wayBack.can && wayBack.by !== 'put-back' && (
          <EntryButton of={name} isDisabled={!props.canUndo} onPress={props.onUndo}>
            {wayBack.by === 'undo' ? 'Undo…' : 'Redo…'}
          </EntryButton>
        )}
        {wayBack.can && wayBack.by === 'put-back' && (
          <EntryButton of={name} onPress={props.onTrash}>
            Show trash
          </EntryButton>
        )}
        {isRestore(entry) && entry.receipt !== null && (
          <EntryButton of={name} onPress={props.onExport}>
            Export receipt…
          </EntryButton>
        )}
      </div>
    </li>
  );
}

/** How the entry looks. What a later restore has replaced is dimmed like what is past, until that one is undone. */
function standingOf(entry: HistoryEntry): 'held' | 'in-effect' | 'past' {
  if (!isRestore(entry)) return 'in-effect';
  return entry.replacedBy === null ? entry.standing : 'past';
}

type EntryButtonProps = {
  /** The id of the entry's name, which follows the button's own words for a screen reader. */
  readonly of: string;
  readonly children: string;
  readonly isDisabled?: boolean;
  readonly onPress: () => void;
};

function EntryButton({ of, children, isDisabled = false, onPress }: EntryButtonProps) {
  const own = useId();
  return (
    <Button
      id={own}
      className="button"
      aria-labelledby={`${own} ${of}`}
      isDisabled={isDisabled}
      onPress={onPress}
    >
      {children}
    </Button>
  );
}
