import { useEffect, useState } from 'react';
import type { FolderId, Reply } from '../../electron/contract.ts';
import type { RowHistory, RowName, RowVersion, StoredValue } from '../../src/model/search.ts';
import type { Progress } from '../../src/model/task.ts';
import { count } from '../../words/plurals.ts';
import { notSearchedWords, valueWords, versionWords } from '../../words/search.ts';
import { call } from '../ask/api.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { useMoments } from '../parts/use-moments.ts';
import { Working } from '../parts/working.tsx';

export type HistoryDialogProps = {
  readonly folderId: FolderId;
  readonly row: RowName;
  readonly onClose: () => void;
};

/** The distinct versions of one row over time, oldest first. Of later ones only what changed is shown. */
export function HistoryDialog({ folderId, row, onClose }: HistoryDialogProps) {
  const [answer, setAnswer] = useState<Reply<RowHistory> | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    void call('row.history', { folderId, ...row }, { signal, onProgress: setProgress }).then((reply) => {
      if (!signal.aborted) setAnswer(reply);
    });
    return () => abort.abort();
  }, [folderId, row]);
  return (
    <AlertDialog
      title="History of this"
      onClose={onClose}
      wide
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      {answer === null ? (
        <Working progress={progress} words="Looking through the snapshots" />
      ) : answer.ok ? (
        <Versions history={answer.value} />
      ) : (
        <ErrorNote error={answer.error} />
      )}
    </AlertDialog>
  );
}

function Versions({ history: { versions, notSearched } }: { readonly history: RowHistory }) {
  const moments = useMoments();
  return (
    <>
      <p className="dim" role="status">
        {count(versions.length, 'version')}, oldest first
        {notSearched.length > 0 && `. ${notSearchedWords({ notSearched })}`}
      </p>
      <ol className="versions">
        {versions.map((version, index) => (
          <li key={`${version.in[0] ?? 'now'}`} className="version">
            <h3>{versionWords(version, moments)}</h3>
            <dl>
              {changedCells(version, versions[index - 1]).map(([column, value]) => (
                <div key={column}>
                  <dt>
                    <bdi>{column}</bdi>
                  </dt>
                  <dd dir="auto">{valueWords(value)}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </>
  );
}

function changedCells({ row }: RowVersion, before: RowVersion | undefined): RowVersion['row'] {
  const earlier = new Map(before?.row);
  return row.filter(([column, value]) =>
    before === undefined ? value !== null : !earlier.has(column) || !isSame(earlier.get(column), value),
  );
}

function isSame(a: StoredValue | undefined, b: StoredValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return a.length === b.length && a.every((byte, at) => byte === b[at]);
  return Object.is(a, b);
}
