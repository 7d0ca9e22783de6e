import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { Protection } from '../../src/model/protection.ts';
import { lookWords, TAKE, TIDY, takeWords, tidyWords } from '../../words/protection.ts';
import { call, listen } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
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
  // What a person has ticked is shown at once, and the next tick builds on it.
  const [wanted, setWanted] = useState<Protection | null>(null);
  const [refusal, setRefusal] = useState<ErrorInfo | null>(null);
  const allowed = wanted ?? value;
  // What is done at once shows itself in the list.
  useEffect(
    () =>
      listen((event) => {
        if (event.type === 'changed' && event.folderId === folderId && event.what === 'snapshots') reload();
      }),
    [folderId, reload],
  );
  const set = async (change: Partial<Protection>) => {
    if (allowed === null) return;
    const { take, tidy } = { ...allowed, ...change };
    setWanted({ take, tidy });
    const reply = await call('protection.set', { folderId, take, tidy });
    setRefusal(reply.ok ? null : reply.error);
    if (!reply.ok) setWanted(null);
    reload();
  };
  const error = state.error ?? refusal;
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
      {value !== null && allowed !== null && (
        <>
          <p>
            Whatever would bring something back and is about to be removed is always kept while this folder is
            open. Snapback does more only if you allow it, for this folder alone. The history shows what was
            done.
          </p>
          <Tick isSelected={allowed.take} onChange={(take) => void set({ take })}>
            {TAKE}
          </Tick>
          <p className="dim">{takeWords(rules)}</p>
          <Tick isSelected={allowed.tidy} onChange={(tidy) => void set({ tidy })}>
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
