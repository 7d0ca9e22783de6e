import { useState } from 'react';
import { Button, Input, Label, TextArea, TextField } from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { KeptSnapshot } from '../../src/model/snapshots.ts';
import { keptWords } from '../../words/keep.ts';
import { titleWords } from '../../words/snapshots.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';

const LONGEST_NAME = 200;
const LONGEST_NOTE = 4000;

export type KeepDialogProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  readonly onClose: () => void;
  readonly onKept: (news: string) => void;
};

/** Keeps a snapshot that a rule would remove, with a name and a note if the person wants. */
export function KeepDialog({ folderId, snapshot, onClose, onKept }: KeepDialogProps) {
  const now = useNow();
  const [name, setName] = useState(snapshot.kept?.name ?? '');
  const [note, setNote] = useState(snapshot.kept?.note ?? '');
  const job = useJob<KeptSnapshot>((kept) => onKept(keptWords(kept)));
  const keep = () =>
    void job.run((options) =>
      call('snapshot.keep', { folderId, snapshotId: snapshot.id, label: { name, note } }, options),
    );
  return (
    <AlertDialog
      title="Keep this snapshot?"
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <Button className="button primary" isDisabled={job.busy} onPress={keep}>
            Keep
          </Button>
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      <p>
        {titleWords(snapshot, now, 'seconds')}, stays until you move it to the trash. Nothing else changes,
        and it takes no space of its own.
      </p>
      <TextField className="field" value={name} onChange={setName} maxLength={LONGEST_NAME}>
        <Label>Name (optional)</Label>
        <Input dir="auto" />
      </TextField>
      <TextField className="field" value={note} onChange={setNote} maxLength={LONGEST_NOTE}>
        <Label>Note (optional)</Label>
        <TextArea dir="auto" rows={3} />
      </TextField>
    </AlertDialog>
  );
}
