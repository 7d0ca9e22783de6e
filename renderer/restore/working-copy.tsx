import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot, WrittenCopy } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { heldByWorkingCopy, newestSafetyCopy, startWords, workingCopyWords } from '../../words/into-file.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Tick } from '../parts/tick.tsx';
import { Working } from '../parts/working.tsx';
import { WrittenFile } from './into-file.tsx';

export type WorkingCopyDialogProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  /** All snapshots of the folder, the newest first. */
  readonly snapshots: readonly ListedSnapshot[];
  readonly onClose: () => void;
};

/** Makes a new database from a snapshot where the chat app's own is gone. Nothing in the data folder changes. */
export function WorkingCopyDialog({ folderId, snapshot, snapshots, onClose }: WorkingCopyDialogProps) {
  const now = useNow();
  const [acceptDrift, setAcceptDrift] = useState(false);
  const [isDrifted, setDrifted] = useState(false);
  const job = useJob<WrittenCopy | null>();
  const safetyCopy = newestSafetyCopy(snapshots);
  const make = (start: SnapshotId | null) => {
    const options = {
      ...({ mode: 'full', keepNewer: false, clearTables: [] } as const),
      ...{ acceptDrift, acceptOtherTimeline: false },
    };
    const args = {
      folderId,
      snapshotId: snapshot.id,
      options,
      planId: null,
      startFrom: { safetyCopy: start },
    };
    void job.run(async (callOptions) => {
      const reply = await call('restore.copy', args, callOptions);
      if (!reply.ok && reply.error.code === 'schema-drift') setDrifted(true);
      return reply;
    });
  };
  if (job.value !== null)
    return (
      <WrittenFile
        written={job.value}
        held={heldByWorkingCopy({ snapshot, safetyCopy, startName: job.value.startName }, now)}
        onClose={onClose}
      >
        Nothing else was changed.
      </WrittenFile>
    );
  if (job.busy)
    return (
      <AlertDialog
        busy
        title="Making a working copy"
        onClose={onClose}
        footer={
          <Button className="button" onPress={job.cancel}>
            Cancel
          </Button>
        }
      >
        <Working progress={job.progress} words="Writing the new file" />
      </AlertDialog>
    );
  return (
    <AlertDialog
      title="Make a working copy?"
      onClose={onClose}
      footer={
        <>
          <CancelButton onPress={onClose} />
          {safetyCopy === null ? (
            <Button className="button primary" onPress={() => make(null)}>
              Choose an older copy…
            </Button>
          ) : (
            <>
              <Button className="button" onPress={() => make(null)}>
                Start from another file…
              </Button>
              <Button className="button primary" onPress={() => make(safetyCopy.id)}>
                Make a working copy…
              </Button>
            </>
          )}
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      <p>{workingCopyWords(snapshot, now)}</p>
      <p>{startWords(safetyCopy, now)}</p>
      {isDrifted && (
        <Tick isSelected={acceptDrift} onChange={setAcceptDrift}>
          Leave out what the copy has no place for
        </Tick>
      )}
    </AlertDialog>
  );
}
