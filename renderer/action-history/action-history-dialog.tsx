import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { ActionHistory, HistoryEntry } from '../../src/model/history.ts';
import type { HeldState } from '../../src/model/receipt.ts';
import {
  entryStory,
  HOLDS_NONE,
  isAllUndone,
  NOTHING_DONE,
  receiptText,
  stepOf,
} from '../../words/history.ts';
import { exactnessAmong } from '../../words/moments.ts';
import type { UndoneStep } from '../../words/plan.ts';
import { count } from '../../words/plurals.ts';
import { call, listen } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Working } from '../parts/working.tsx';
import { EntryLine } from './entry-line.tsx';

export type ActionHistoryDialogProps = {
  readonly folderId: FolderId;
  readonly databaseRevision: number;
  /** Whether the database can be written to. */
  readonly canUndo: boolean;
  readonly onClose: () => void;
  /** Opens the question whether to take this step back. */
  readonly onUndo: (from: HeldState, step: UndoneStep) => void;
  readonly onTrash: () => void;
};

/** More are shown if somebody asks for them: a long list takes too long to be drawn in one go. */
const MOST_SHOWN = 60;

/** What was done in the folder, newest first, with Undo and Redo at the entry that each takes back next. */
export function ActionHistoryDialog(props: ActionHistoryDialogProps) {
  const { folderId, databaseRevision, onClose } = props;
  const history = useRequest('folder.history', { folderId });
  const exporting = useJob<ResultOf<'history.export'>>();
  const { reload } = history;
  const seen = useRef(databaseRevision);
  useEffect(() => {
    if (seen.current === databaseRevision) return;
    seen.current = databaseRevision;
    reload();
  }, [databaseRevision, reload]);
  // What is done by itself is seen here at once.
  useEffect(
    () =>
      listen((event) => {
        if (event.type === 'changed' && event.folderId === folderId && event.what === 'snapshots') reload();
      }),
    [folderId, reload],
  );
  const found = history.value;
  const error = history.error ?? exporting.error;
  return (
    <AlertDialog
      title="History"
      wide
      onClose={onClose}
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      {error !== null && <ErrorNote error={error} />}
      {found === null && history.error === null && <Working progress={null} words="Reading the history" />}
      {found !== null && (
        <Entries
          {...props}
          found={found}
          onExport={(entryId, text) =>
            void exporting.run((options) => call('history.export', { folderId, entryId, text }, options))
          }
        />
      )}
      <p role="status">
        {exporting.value !== null && (
          <>
            The receipt is in <bdi>{exporting.value.name}</bdi>.
          </>
        )}
      </p>
    </AlertDialog>
  );
}

type EntriesProps = Pick<ActionHistoryDialogProps, 'canUndo' | 'onUndo' | 'onTrash'> & {
  readonly found: ActionHistory;
  readonly onExport: (entryId: string, text: readonly string[]) => void;
};

function Entries({ found, canUndo, onUndo, onTrash, onExport }: EntriesProps) {
  const { entries } = found;
  const naming = { now: useNow(), rules: useRules() };
  const [showsAll, showAll] = useState(false);
  const exact = exactnessAmong(entries.map(({ at }) => at));
  const shown = showsAll ? entries : entries.slice(0, MOST_SHOWN);
  const undo = (entry: HistoryEntry) => {
    const step = stepOf(entry, entries, naming);
    if (step !== null) onUndo(step.from, step);
  };
  if (entries.length === 0) return <p>{NOTHING_DONE}</p>;
  return (
    <>
      {isAllUndone(found) && <p>{HOLDS_NONE}</p>}
      <ScrollArea className="history-scroll" label="What was done, newest first">
        <ol className="history">
          {shown.map((entry) => (
            <EntryLine
              key={entry.id}
              entry={entry}
              story={entryStory(entry, entries, naming)}
              exact={exact(entry.at)}
              canUndo={canUndo}
              onUndo={() => undo(entry)}
              onTrash={onTrash}
              onExport={() => onExport(entry.id, receiptText(entry, entries, naming))}
            />
          ))}
        </ol>
        {shown.length < entries.length && (
          <Button className="button" onPress={() => showAll(true)}>
            Show {count(entries.length - shown.length, 'older entry', 'older entries')}
          </Button>
        )}
      </ScrollArea>
    </>
  );
}
