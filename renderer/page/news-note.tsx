import { Button } from 'react-aria-components';
import type { Happened } from '../../src/model/happened.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { happenedWords } from '../../words/happened.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { StoryText } from '../parts/story-text.tsx';

/** What was lost meanwhile, and which snapshot brings it back. */
export type News = { readonly happened: Happened; readonly snapshotId: SnapshotId };

export type NewsNoteProps = News & { readonly onShow: (id: SnapshotId) => void };

/**
 * What was lost while another snapshot is read, or several are chosen, and the way to what brings it back. The page itself
 * does not change under the reader.
 */
export function NewsNote({ happened, snapshotId, onShow }: NewsNoteProps) {
  const { heading } = happenedWords(happened, useRules(), useNow());
  return (
    <div className="note news" role="status">
      <span>
        <StoryText story={heading.flatMap((sentence, at) => [...(at === 0 ? [] : [SPACE]), ...sentence])} />
      </span>
      <Button className="button" onPress={() => onShow(snapshotId)}>
        Show what was lost
      </Button>
    </div>
  );
}

const SPACE = { text: ' ', tone: 'plain' } as const;
