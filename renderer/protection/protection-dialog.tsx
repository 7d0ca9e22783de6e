import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { Protection } from '../../src/model/protection.ts';
import { lookWords, TAKE, TIDY, takeWords, tidyWords } from '../../words/protection.ts';
import { call, listen } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Tick } from '../parts/tick.tsx';
import { Working } from '../parts/working.tsx';

export type ProtectionDialogProps = {
  readonly folderId: FolderId;
  readonly onClose: () => void;
  readonly onHistory: () => void;
};

/** What Snapback may do by itself in this folder while it is open. Each tick counts at once. */
export function ProtectionDialog({ folderId, onClose, onHistory }: ProtectionDialogProps) {
  const now = useNow();
  const rules = useRules();
  const state = useRequest('folder.protection', { folderId });
  const { value, reload } = state;
  const setting = useJob<null>(reload);
  // What is done at once shows itself in the list.
  useEffect(
    () =>
      listen((event) => {
        if (event.type === 'changed' && event.folderId === folderId && event.what === 'snapshots') reload();
      }),
    [folderId, reload],
  );
  const set = (change: Partial<Protection>) => {
    if (value === null) return;
    const { take, tidy } = { ...value, ...change };
    void setting.run((options) => call('protection.set', { folderId, take, tidy }, options));
  };
  const error = state.error ?? setting.error;
  return (
    <AlertDialog
      title="Protection"
      onClose={onClose}
      footer={
        <>
          <CancelButton onPress={onClose}>Close</CancelButton>
          <Button className="button" onPress={onHistory}>
            History…
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {value === null && state.error === null && <Working progress={null} words="Reading the settings" />}
      {value !== null && (
        <>
          <p>
            Whatever would bring something back and is about to be removed is always kept while this folder is
            open. Snapback does more only if you allow it, for this folder alone. The history shows what was
            done.
          </p>
          <Tick isSelected={value.take} onChange={(take) => set({ take })}>
            {TAKE}
          </Tick>
          <p className="dim">{takeWords(rules)}</p>
          <Tick isSelected={value.tidy} onChange={(tidy) => set({ tidy })}>
            {TIDY}
          </Tick>
          <p className="dim">{tidyWords(rules)}</p>
          <p role="status">{lookWords(value.last, now)}</p>
          {value.last?.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </>
      )}
    </AlertDialog>
  );
}
