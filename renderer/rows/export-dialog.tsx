import { useState } from 'react';
import { Button, Label, Radio, RadioGroup } from 'react-aria-components';
import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { ExportFormat } from '../../src/model/export.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { exportedWords, exportNotes } from '../../words/export.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

export type ExportDialogProps = {
  readonly folderId: FolderId;
  readonly snapshotId: SnapshotId;
  /** The tables that can be exported by themselves. */
  readonly tables: readonly string[];
  readonly onClose: () => void;
};

const FORMATS: readonly { readonly format: ExportFormat; readonly name: string; readonly about: string }[] = [
  { format: 'sqlite', name: 'SQLite database', about: 'Every value exactly, for any SQLite program.' },
  { format: 'json', name: 'JSON', about: 'Every value exactly, as text.' },
  { format: 'csv', name: 'CSV', about: 'One table, for spreadsheets.' },
];

/** Exports what a snapshot holds. The system asks for the place; an existing file is never overwritten. */
export function ExportDialog({ folderId, snapshotId, tables, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<ExportFormat>('sqlite');
  const [table, setTable] = useState<string | null>(null);
  const job = useJob<ResultOf<'snapshot.export'>>();
  const chosen = format === 'csv' ? (table ?? tables[0] ?? null) : table;
  const run = () =>
    void job.run((options) =>
      call('snapshot.export', { folderId, snapshotId, format, table: chosen }, options),
    );
  const note = job.value === null ? null : exportNotes(job.value);
  return (
    <AlertDialog
      title={job.value === null ? 'Export this snapshot' : 'Exported'}
      onClose={onClose}
      busy={job.busy}
      footer={
        job.value === null ? (
          <>
            <CancelButton onPress={job.busy ? job.cancel : onClose} />
            <Button className="button primary" isDisabled={job.busy} onPress={run}>
              Export…
            </Button>
          </>
        ) : (
          <CancelButton onPress={onClose}>Done</CancelButton>
        )
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      {job.busy ? (
        <Working progress={job.progress} words="Exporting" />
      ) : job.value !== null ? (
        <>
          <p>
            <bdi>{job.value.name}</bdi>: {exportedWords(job.value)}
          </p>
          {note !== null && <p className="note">{note}</p>}
        </>
      ) : (
        <>
          <RadioGroup
            className="choices"
            value={format}
            onChange={(value) => setFormat(FORMATS.find((one) => one.format === value)?.format ?? 'sqlite')}
          >
            <Label className="visually-hidden">Format</Label>
            {FORMATS.map((one) => (
              <Radio key={one.format} value={one.format} className="choice">
                <span className="dot" />
                <span>
                  <b>{one.name}</b>
                  <span className="dim">{one.about}</span>
                </span>
              </Radio>
            ))}
          </RadioGroup>
          <select
            className="rows-select"
            aria-label="What to export"
            value={chosen ?? ''}
            onChange={(event) => setTable(event.target.value || null)}
          >
            {format !== 'csv' && <option value="">All tables</option>}
            {tables.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </>
      )}
    </AlertDialog>
  );
}
