import { useState } from 'react';
import { Button, Label, Radio, RadioGroup } from 'react-aria-components';
import type { FolderId, TakenSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { call } from '../ask/api.ts';
import { useRules } from '../ask/rules.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

type Kind = 'rewind' | 'periodic';

export type TakeDialogProps = {
  readonly folderId: FolderId;
  readonly onClose: () => void;
  readonly onTaken: (id: SnapshotId, news: string) => void;
};

/** Takes a snapshot of the current state: a checkpoint, or one that is kept like those before a rewind. */
export function TakeDialog({ folderId, onClose, onTaken }: TakeDialogProps) {
  const rules = useRules();
  const [kind, setKind] = useState<Kind>('rewind');
  const job = useJob<TakenSnapshot>((taken) =>
    onTaken(taken.id, `Snapshot taken: ${formatBytes(taken.sizeBytes)}, up to event ${taken.lastEventId}.`),
  );
  const take = () => void job.run((options) => call('snapshot.take', { folderId, kind }, options));
  return (
    <AlertDialog
      title="Take a snapshot now?"
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={job.busy ? job.cancel : onClose} />
          <Button className="button primary" isDisabled={job.busy} onPress={take}>
            Take snapshot
          </Button>
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      {job.busy ? (
        <Working progress={job.progress} words="Writing the snapshot" />
      ) : (
        <RadioGroup className="choices" value={kind} onChange={(value) => setKind(value as Kind)}>
          <Label className="visually-hidden">How it is kept</Label>
          <Radio value="rewind" className="choice">
            <span className="dot" />
            <span>
              <b>Keep it for {count(rules.rewind.keepDays, 'day')}</b>
              <span className="dim">As the chat app does before a rewind.</span>
            </span>
          </Radio>
          <Radio value="periodic" className="choice">
            <span className="dot" />
            <span>
              <b>As a checkpoint</b>
              <span className="dim">
                The newest {formatNumber(rules.periodic.keep)} are kept. The chat app starts from the newest
                one.
              </span>
            </span>
          </Radio>
        </RadioGroup>
      )}
    </AlertDialog>
  );
}
