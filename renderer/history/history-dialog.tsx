import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, Reply } from '../../electron/contract.ts';
import type { RowHistory, RowName, RowVersion, SaidText, StoredValue } from '../../src/model/search.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Progress } from '../../src/model/task.ts';
import { speakerWords } from '../../words/conversation.ts';
import { formatMoment } from '../../words/moments.ts';
import { singlePart } from '../../words/part.ts';
import { count } from '../../words/plurals.ts';
import { notSearchedWords, saidWords, saysAnew, valueWords, versionWords } from '../../words/search.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRestorePart } from '../ask/restore-part.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Fold } from '../parts/fold.tsx';
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
        <Versions history={answer.value} row={row} onClose={onClose} />
      ) : (
        <ErrorNote error={answer.error} />
      )}
    </AlertDialog>
  );
}

type VersionsProps = Pick<HistoryDialogProps, 'row' | 'onClose'> & { readonly history: RowHistory };

function Versions({ history: { versions, notSearched }, row, onClose }: VersionsProps) {
  const moments = useMoments();
  const restore = useRestorePart();
  const restoreFrom = (snapshotId: SnapshotId, version: RowVersion) => {
    onClose();
    restore?.(snapshotId, singlePart(row, { isMessage: version.said !== null }));
  };
  return (
    <>
      <p className="dim" role="status">
        {count(versions.length, 'version')}, oldest first
        {notSearched.length > 0 && `. ${notSearchedWords({ notSearched })}`}
      </p>
      <ol className="versions">
        {versions.map((version, index) => (
          <li key={`${version.in[0] ?? 'now'}`} className="row-version">
            <div className="version-head">
              <h3>{versionWords(version, moments)}</h3>
              <RestoreVersion version={version} onRestore={restore === null ? null : restoreFrom} />
            </div>
            {version.said === null ? (
              <Cells version={version} before={versions[index - 1]} />
            ) : (
              <>
                <Said version={version} before={versions[index - 1]} said={version.said} />
                <Fold title="Technical details">
                  <Cells version={version} before={versions[index - 1]} />
                </Fold>
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

type RestoreVersionProps = {
  readonly version: RowVersion;
  readonly onRestore: ((snapshotId: SnapshotId, version: RowVersion) => void) | null;
};

/** Brings back a version that is not there now, from the newest snapshot that holds it. */
function RestoreVersion({ version, onRestore }: RestoreVersionProps) {
  const newest = version.in.at(-1);
  if (onRestore === null || newest === undefined || version.live || version.said?.isHidden === true)
    return null;
  return (
    <Button className="button quiet" onPress={() => onRestore(newest, version)}>
      Bring this back…
    </Button>
  );
}

type VersionProps = { readonly version: RowVersion; readonly before: RowVersion | undefined };

/** What a message said. Of a later version only what is new. */
function Said({ version, before, said }: VersionProps & { readonly said: SaidText }) {
  const now = useNow();
  const note = saidWords(version, before);
  const time = said.ts === null || Number.isNaN(Date.parse(said.ts)) ? null : said.ts;
  return (
    <>
      {saysAnew(version, before) && (
        <div className="bubble">
          <p className="bubble-head">
            <bdi className="speaker">{speakerWords(said)}</bdi>
            {time !== null && (
              <>
                {' · '}
                <time dateTime={time}>{formatMoment(time, now)}</time>
              </>
            )}
          </p>
          <p dir="auto" className="bubble-text">
            {valueWords(said.text)}
          </p>
        </div>
      )}
      {note !== null && <p className="dim">{note}</p>}
    </>
  );
}

/** The columns of a row. Of a later version only what changed. */
function Cells({ version, before }: VersionProps) {
  return (
    <dl>
      {changedCells(version, before).map(([column, value]) => (
        <div key={column}>
          <dt>
            <bdi>{column}</bdi>
          </dt>
          <dd dir="auto">{valueWords(value)}</dd>
        </div>
      ))}
    </dl>
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
