import { Button } from 'react-aria-components';
import type { ConversationRun } from '../../src/model/conversation.ts';
import { boundaryWords } from '../../words/conversation.ts';
import { useNow } from '../ask/now.ts';

export type BoundaryLineProps = {
  readonly run: ConversationRun;
  /** Whether Tab reaches its buttons. */
  readonly isActive: boolean;
  /** Null where nothing can be restored. */
  readonly onRestore: (() => void) | null;
  /** Null where no part can be restored. */
  readonly onRestoreChat: (() => void) | null;
};

/** The line before a run that differs: what happened here, and how to get back what was lost. */
export function BoundaryLine({ run, isActive, onRestore, onRestoreChat }: BoundaryLineProps) {
  const now = useNow();
  const isLost = run.state === 'lost';
  return (
    <div className={`boundary ${run.state}`}>
      <span>{boundaryWords(run, now)}</span>
      {isLost && onRestore !== null && (
        <Button className="button" excludeFromTabOrder={!isActive} onPress={onRestore}>
          Bring all back
        </Button>
      )}
      {isLost && onRestoreChat !== null && (
        <Button
          className="button"
          aria-label="Bring back only this chat…"
          excludeFromTabOrder={!isActive}
          onPress={onRestoreChat}
        >
          Only this chat…
        </Button>
      )}
    </div>
  );
}
