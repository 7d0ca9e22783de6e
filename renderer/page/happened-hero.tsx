import { Button, type Key, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { Happened, Way } from '../../src/model/happened.ts';
import type { Replay } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatAge } from '../../words/ages.ts';
import { earlierWords, happenedWords } from '../../words/happened.ts';
import { type Newer, newerAmount } from '../../words/newer.ts';
import type { ChosenPart } from '../../words/part.ts';
import { firstWay, waitingWords, withoutNewerWords } from '../../words/since.ts';
import { titleWords } from '../../words/snapshots.ts';
import { storyText } from '../../words/story.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import type { Followed } from '../ask/use-followed.ts';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { LastLost } from './last-lost.tsx';

/** What a person can do about it. */
export type HappenedActions = {
  /** `part`: all that is restored; without it, the whole snapshot is. */
  readonly onRestore: (id: SnapshotId, newer: Newer, part?: ChosenPart) => void;
  readonly onTake: () => void;
  readonly onReveal: () => void;
  /** Moves the focus to the list of snapshots. */
  readonly onChooseOther: () => void;
};

export type HappenedHeroProps = HappenedActions & {
  readonly happened: Happened;
  /** What the chat app has not applied yet; null: nothing. */
  readonly waiting: Replay | null;
  readonly snapshot: ListedSnapshot;
  /** False while nothing can be restored in the database. */
  readonly possible: boolean;
  /** Whether it can be restored into a new file all the same. */
  readonly canGoIntoFile: boolean;
  /** Whether it is from before a change of the database. */
  readonly followed: Followed;
};

/** The answer to “what happened?”, and one button that brings back what was lost. */
export function HappenedHero(props: HappenedHeroProps) {
  const { happened, waiting, snapshot, possible, canGoIntoFile, followed, ...actions } = props;
  const now = useNow();
  const exact = useExactness()(snapshot.takenAt);
  const { heading, note } = happenedWords(happened, useRules(), now);
  const loss = 'loss' in happened ? happened.loss : null;
  const earlier = happened.state === 'several' ? happened.earlier : [];
  const first = loss === null ? null : firstWay(loss);
  const without = loss === null ? null : withoutNewerWords(loss);
  const told = loss === null ? waitingWords(waiting) : [];
  return (
    <div className="hero happened" aria-busy={followed.renewing}>
      <div>
        <h2>
          {heading.map((story) => (
            <span key={storyText(story)} className="sentence">
              <StoryText story={story} />{' '}
            </span>
          ))}
        </h2>
        {!isAboutNone(happened) && (
          <p className="dim">
            {titleWords(snapshot, now, exact)} · {formatAge(snapshot.takenAt, now)}
          </p>
        )}
        {loss?.lastMessages.map((message) => (
          <LastLost key={String(message.event)} message={message} />
        ))}
      </div>
      {loss !== null && (
        <Button
          className="button primary large bring-back"
          isDisabled={!possible}
          onPress={() => actions.onRestore(loss.snapshotId, askedFirst(loss))}
        >
          {first === 'both' ? 'Show me both' : 'Bring them back'}
        </Button>
      )}
      {(note.length > 0 || loss !== null) && (
        <div className="hero-choice">
          {note.length > 0 && (
            <p>
              {first === 'remove' && <Icon name="warning" />}
              <span>
                <StoryText story={note} /> {told.length > 0 && <StoryText story={told} />}
                {loss !== null && without !== null && (
                  <Button
                    className="link"
                    isDisabled={!possible}
                    onPress={() => actions.onRestore(loss.snapshotId, 'remove')}
                  >
                    {without}
                  </Button>
                )}
              </span>
            </p>
          )}
          {loss !== null && !possible && canGoIntoFile && (
            <Button className="button" onPress={() => actions.onRestore(loss.snapshotId, 'keep')}>
              Into a new file…
            </Button>
          )}
          {loss !== null && (
            <SomethingElse
              {...actions}
              onBoth={
                possible && first === 'keep' && newerAmount(loss.newerEvents).sum > 0
                  ? () => actions.onRestore(loss.snapshotId, 'both')
                  : null
              }
            />
          )}
        </div>
      )}
      {earlier.length > 0 && (
        <ul className="earlier" aria-label="Undo more rewinds">
          {earlier.map((way, index) => {
            const { what, action } = earlierWords(way, index + 2, now);
            return (
              <li key={way.snapshotId}>
                <span>{what}</span>
                <Button
                  className="button"
                  isDisabled={!possible}
                  onPress={() => actions.onRestore(way.snapshotId, askedFirst(way))}
                >
                  {action}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {followed.outdated && (
        <div className="note outdated" role="status">
          <span>The database has changed since this was found out.</span>
          <Button className="button" onPress={followed.again}>
            Look again
          </Button>
        </div>
      )}
    </div>
  );
}

/** Where what was written since would have to go, the confirmation says why first: nothing goes that was not chosen. */
function askedFirst(way: Way): Newer {
  return firstWay(way) === 'both' ? 'both' : 'keep';
}

/** Whether the answer is about no snapshot: then it only stands on the page of one. */
function isAboutNone(happened: Happened): boolean {
  return happened.state === 'nothing' || (happened.state === 'unplaced' && happened.way === null);
}

/** `onBoth`: merges what was lost and what was written since; null: nothing was. */
type SomethingElseProps = HappenedActions & { readonly onBoth: (() => void) | null };

function SomethingElse({ onChooseOther, onTake, onReveal, onBoth }: SomethingElseProps) {
  const pick = (key: Key) => {
    if (key === 'both') onBoth?.();
    else if (key === 'other') onChooseOther();
    else if (key === 'take') onTake();
    else onReveal();
  };
  return (
    <MenuTrigger>
      <Button className="button quiet">Something else…</Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label="Something else" onAction={pick}>
          {onBoth !== null && <MenuItem id="both">Show me both…</MenuItem>}
          <MenuItem id="other">Choose another snapshot</MenuItem>
          <MenuItem id="take">Take a snapshot of now first</MenuItem>
          <MenuItem id="reveal">Reveal this snapshot in its folder</MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
