import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { ArgsOf, FolderId, ResultOf } from '../../electron/contract.ts';
import type { PutBack, PutBackChoice, TrashView } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { putBackWords } from '../../words/prune.ts';
import { emptiedWords, othersWords, trashKinds, trashWords } from '../../words/trash.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';
import { DeleteForGood } from './delete-for-good.tsx';
import { keyOf, keysOf, TrashList } from './trash-list.tsx';

type Target = ArgsOf<'trash.empty'>['to'];

export type TrashDialogProps = {
  readonly folderId: FolderId;
  readonly onClose: () => void;
  readonly onPutBack: (news: string) => void;
  readonly onEmptied: (news: string) => void;
};

/**
 * What is in the folder's own trash. Puts snapshots back, deletes all of them for good after one more question, or two, or moves
 * them to the system's trash, which frees no space.
 */
export function TrashDialog({ folderId, onClose, onPutBack, onEmptied }: TrashDialogProps) {
  const trash = useRequest('trash.view', { folderId });
  /** Null: nobody has chosen yet. Then it is what was moved last. */
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [refused, setRefused] = useState(false);
  const putting = useJob<PutBack>((value) => onPutBack(putBackWords({ ok: true, value })));
  const emptying = useJob<ResultOf<'trash.empty'>>((emptied) => {
    if (emptied.refused) {
      setRefused(true);
      trash.reload();
    } else onEmptied(emptiedWords(emptied, emptied.to));
  });
  const view = trash.value;
  const prunes = view?.prunes ?? [];
  const [newest] = prunes;
  const chosen = picked ?? new Set(newest === undefined ? [] : keysOf(newest));
  const choices = choicesOf(prunes, chosen);
  const amount = choices.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  const busy = putting.busy || emptying.busy;
  const error = putting.error ?? emptying.error ?? trash.error;
  const empty = (to: Target) => {
    if (view !== null)
      void emptying.run((options) => call('trash.empty', { folderId, to, planId: view.planId }, options));
  };
  const lookAgain = () => {
    putting.reset();
    emptying.reset();
    setDeleting(false);
    setPicked(null);
    trash.reload();
  };
  if (deleting && error === null && view !== null)
    return (
      <DeleteForGood
        folderId={folderId}
        trash={view}
        job={emptying}
        onClose={() => setDeleting(false)}
        onDelete={() => empty('deleted')}
      />
    );
  return (
    <AlertDialog
      title="Trash"
      wide
      onClose={onClose}
      busy={busy}
      footer={
        <>
          <CancelButton onPress={onClose}>Close</CancelButton>
          {error !== null ? (
            <Button className="button primary" onPress={lookAgain}>
              Look again
            </Button>
          ) : (
            prunes.length > 0 && (
              <Button
                className="button primary"
                isDisabled={busy || amount === 0}
                onPress={() =>
                  void putting.run((options) => call('trash.put-back', { folderId, choices }, options))
                }
              >
                {amount === 0 ? 'Put back' : `Put back ${count(amount, 'snapshot')}`}
              </Button>
            )
          )}
        </>
      }
    >
      {error !== null ? (
        <ErrorNote error={error} />
      ) : busy || view === null ? (
        <Working
          progress={putting.progress ?? emptying.progress}
          words={putting.busy ? 'Putting back' : emptying.busy ? 'Emptying the trash' : 'Reading the trash'}
        />
      ) : (
        <>
          <p>
            <b>{trashWords(view)}</b>
          </p>
          {prunes.length > 0 && (
            <>
              <Kinds trash={view} />
              <TrashList prunes={prunes} chosen={chosen} onChoose={setPicked} />
              <p className="dim">
                What you put back returns to the list, exactly as it was. Nothing is overwritten.
              </p>
              <div className="trash-ends">
                <Button className="button" onPress={() => setDeleting(true)}>
                  Delete for good, frees {formatBytes(view.freesBytes)}…
                </Button>
                <Button className="button" isDisabled={refused} onPress={() => empty('system-trash')}>
                  Move to the system’s trash
                </Button>
              </div>
            </>
          )}
          {refused && (
            <p className="note warn" role="alert">
              <Icon name="warning" />
              <span>The system has no trash for this place. What is left can only be deleted.</span>
            </p>
          )}
          {view.others > 0 && <p>{othersWords(view)}</p>}
        </>
      )}
    </AlertDialog>
  );
}

function choicesOf(prunes: TrashView['prunes'], chosen: ReadonlySet<string>): readonly PutBackChoice[] {
  return prunes.flatMap((prune) => {
    const ids = prune.snapshots.filter((one) => chosen.has(keyOf(prune, one))).map(({ id }) => id);
    return ids.length === 0 ? [] : [{ trashName: prune.trashName, ids }];
  });
}

function Kinds({ trash }: { readonly trash: TrashView }) {
  return (
    <ul className="trash-kinds" aria-label="By kind">
      {trashKinds(trash).map(({ name, snapshots, bytes }) => (
        <li key={name}>
          <span>{name}</span>
          <span className="dim">{count(snapshots, 'snapshot')}</span>
          <span className="size">{formatBytes(bytes)}</span>
        </li>
      ))}
    </ul>
  );
}
