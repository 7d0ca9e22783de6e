import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { RestoredState } from '../../src/model/receipt.ts';
import type { Replay } from '../../src/model/restore.ts';
import { wayBackStory } from '../../words/held-state.ts';
import { startOnceWords } from '../../words/newer.ts';
import { verifiedWords } from '../../words/receipt.ts';
import { useNow } from '../ask/now.ts';
import { isWritable } from '../ask/writable.ts';
import { Icon } from '../parts/icons.tsx';
import { Moment } from '../parts/moment.tsx';
import { StoryText } from '../parts/story-text.tsx';

/** The result of the last action, or why it failed. */
export type Notice = {
  readonly text: string;
  readonly failed: boolean;
  /** The name of the trash folder from which the pruned snapshots can be put back. Null: nothing to put back. */
  readonly trashName: string | null;
};

export type BannersProps = {
  readonly facts: FolderFacts;
  /** What the chat app has not applied yet; null: nothing. */
  readonly waiting: Replay | null;
  readonly place: string;
  readonly coreStopped: boolean;
  readonly notice: Notice | null;
  readonly onUndo: () => void;
  readonly onPutBack: (trashName: string) => void;
  readonly onDismissCore: () => void;
  readonly onDismissNotice: () => void;
};

const SAMPLE = 'Nothing here is real, so try anything. A rewind went wrong in one of its chats.';

/** Facts about the whole folder, such as a restored state, the demo or a copy, and the result of the last action. */
export function Banners(props: BannersProps) {
  const { facts, place, coreStopped, notice } = props;
  const now = useNow();
  return (
    <section className="banners" aria-label="State of the folder">
      {facts.databaseProblem !== null && (
        <Banner tone="warn">
          <b>There is no chat database to compare with or to restore into.</b> Your snapshots are still here,
          and you can look at what each of them holds. Put the database back in its place to restore one. If
          it is gone for good, “Make a working copy…” makes a new one from a snapshot.
        </Banner>
      )}
      {facts.readOnly && !facts.viewingCopy && (
        <Banner tone="warn">
          <b>The database can only be read.</b> You can look at everything, and restore it into a new file,
          but not here. Give your account permission to write to {facts.database} and its folder.
        </Banner>
      )}
      {facts.viewingCopy && (
        <Banner tone="warn">
          <b>You are viewing a copy.</b> The database can’t be opened in its folder, so you can’t take a
          snapshot, and restore only into a new file. Make the folder writable, or start the chat app once if
          it crashed, and open it again.
        </Banner>
      )}
      {facts.restored !== null && (
        <Banner
          tone={facts.restored.holds.state === 'undone' ? 'quiet' : 'accent'}
          action={
            <Button className="button way-back" isDisabled={!isWritable(facts)} onPress={props.onUndo}>
              <Icon name="undo" />
              <span className="way-back-name">
                <StoryText story={wayBackStory(facts.restored.holds, { now, rules: facts.rules })} />
              </span>
            </Button>
          }
        >
          <Restored state={facts.restored} /> {startOnceWords(props.waiting)}
        </Banner>
      )}
      {facts.demo && facts.restored === null && (
        <Banner tone="quiet" tooltip={`${SAMPLE} It is in ${place}/${facts.name}.`}>
          <b>Sample data.</b> {SAMPLE} It is in {place}/{facts.name}.
        </Banner>
      )}
      <div role="status">
        {coreStopped && (
          <Banner tone="warn" onDismiss={props.onDismissCore}>
            <b>A part of Snapback stopped unexpectedly and was started again.</b> The database is intact:
            unfinished changes were rolled back. The list was reloaded.
          </Banner>
        )}
      </div>
      <div role="status" className="toast-place">
        {notice !== null && (
          <div className={notice.failed ? 'toast failed' : 'toast'}>
            <Icon name={notice.failed ? 'warning' : 'check'} />
            <p>{notice.text}</p>
            <PutBackButton notice={notice} onPutBack={props.onPutBack} />
            <Button className="button quiet icon-only" aria-label="Dismiss" onPress={props.onDismissNotice}>
              <Icon name="close" />
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

type PutBackProps = { readonly notice: Notice; readonly onPutBack: (trashName: string) => void };

function PutBackButton({ notice: { trashName }, onPutBack }: PutBackProps) {
  if (trashName === null) return null;
  return (
    <Button className="button" onPress={() => onPutBack(trashName)}>
      <Icon name="undo" />
      Undo
    </Button>
  );
}

/** Says which state the database holds now. */
function Restored({ state }: { readonly state: RestoredState }) {
  const { holds, finishedAt } = state;
  const verified = verifiedWords(state);
  const again = holds.state === 'restored' && state.action === 'undo' ? ' again' : '';
  const moment = <Moment iso={holds.snapshotTakenAt} form="short" />;
  switch (holds.state) {
    case 'restored':
      return (
        <>
          <b>
            {holds.isPart ? 'A part of ' : 'Restored to '}
            <Last isLast={!holds.isPart && again === ''}>{moment}</Last>
            {holds.isPart ? ' was restored' : ''}
            {again}
            {(holds.isPart || again !== '') && '.'}
          </b>{' '}
          {verified}
        </>
      );
    case 'undone':
      return (
        <>
          <b>
            The restore was undone
            {finishedAt === null ? (
              '.'
            ) : (
              <>
                {' '}
                <Last isLast>
                  <Moment iso={finishedAt} form="when" />
                </Last>
              </>
            )}
          </b>{' '}
          {verified}
        </>
      );
    case 'unknown':
      return (
        <>
          <b>
            Back to the state of <Last isLast>{moment}</Last>
          </b>{' '}
          {verified}
        </>
      );
  }
}

/** A moment, with the full stop where it ends the sentence. That must not stand alone in the next line. */
function Last({ isLast, children }: { readonly isLast: boolean; readonly children: ReactNode }) {
  return isLast ? <span className="unbroken">{children}.</span> : children;
}

type BannerProps = {
  readonly tone: 'accent' | 'quiet' | 'warn';
  readonly children: ReactNode;
  readonly action?: ReactNode;
  /** What a banner of one line may have no room for. In little space, only such a banner keeps to one line. */
  readonly tooltip?: string;
  readonly onDismiss?: () => void;
};

function Banner({ tone, children, action, tooltip, onDismiss }: BannerProps) {
  return (
    <div className={tooltip === undefined ? `banner ${tone}` : `banner ${tone} brief`}>
      <p title={tooltip}>{children}</p>
      {action}
      {onDismiss !== undefined && (
        <Button className="button quiet icon-only" aria-label="Dismiss" onPress={onDismiss}>
          <Icon name="close" />
        </Button>
      )}
    </div>
  );
}
