import { useState } from 'react';
import { Button, Label, Radio, RadioGroup } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { PutBack, TrashedPrune } from '../../src/model/prune.ts';
import { formatMoment } from '../../words/moments.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { putBackWords, trashedWords } from '../../words/prune.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

export type PutBackDialogProps = {
  readonly folderId: FolderId;
  readonly onClose: () => void;
  readonly onPutBack: (news: string) => void;
};

/** Moves the snapshots of one prune from the trash back to their places. */
export function PutBackDialog({ folderId, onClose, onPutBack }: PutBackDialogProps) {
  const trash = useRequest('trash.list', { folderId });
  const [chosen, setChosen] = useState<string | null>(null);
  const job = useJob<PutBack>((value) => onPutBack(putBackWords({ ok: true, value })));
  const prunes = trash.value ?? [];
  const prune = prunes.find(({ trashName }) => trashName === chosen) ?? prunes[0];
  const error = job.error ?? trash.error;
  return (
    <AlertDialog
      title="Put snapshots back?"
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={onClose} />
          {prune !== undefined && (
            <Button
              className="button primary"
              isDisabled={job.busy}
              onPress={() =>
                void job.run((options) =>
                  call('prune.put-back', { folderId, trashName: prune.trashName }, options),
                )
              }
            >
              Put back {count(prune.snapshots.length, 'snapshot')}
            </Button>
          )}
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {trash.value === null && error === null && <Working progress={null} words="Reading the trash" />}
      {trash.value !== null && prune === undefined && <p>Nothing in the trash can be put back.</p>}
      {prune !== undefined && (
        <>
          <PruneChoice prunes={prunes} chosen={prune.trashName} onChoose={setChosen} />
          <p className="dim">They return to the list, exactly as they were. Nothing is overwritten.</p>
        </>
      )}
    </AlertDialog>
  );
}

type PruneChoiceProps = {
  readonly prunes: readonly TrashedPrune[];
  readonly chosen: string;
  readonly onChoose: (trashName: string) => void;
};

function PruneChoice({ prunes, chosen, onChoose }: PruneChoiceProps) {
  const now = useNow();
  return (
    <RadioGroup className="choices" value={chosen} onChange={onChoose}>
      <Label className="visually-hidden">Which snapshots to put back</Label>
      {prunes.map((prune) => (
        <Radio key={prune.trashName} value={prune.trashName} className="choice">
          <span className="dot" />
          <span>
            <b>
              Moved {formatMoment(prune.prunedAt, now, 'seconds')}:{' '}
              {count(prune.snapshots.length, 'snapshot')}, {formatBytes(prune.bytes)}
            </b>
            <span className="dim">{trashedWords(prune, now)}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
