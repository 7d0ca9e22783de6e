import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import { isUnwell, titleWords } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { CompareDialog } from './compare-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { restoringOf } from './restoring.ts';
import { RowsPane } from './rows-pane.tsx';

/** The rows in which a snapshot differs from now, or from another snapshot that the person chooses. */
export function RowsView(props: SnapshotViewProps) {
  const { folderId, snapshot, facts, comparison, sought } = props;
  const now = useNow();
  const exactOf = useExactness();
  const [other, setOther] = useState<ListedSnapshot | null>(null);
  const [choosing, setChoosing] = useState(false);
  const [exporting, setExporting] = useState(false);
  if (isUnwell(snapshot))
    return <p className="dim">This snapshot can’t be read, so its rows can’t be shown.</p>;
  const { diff, outdated, renewing, compareAgain } = comparison;
  const hasDatabase = facts.databaseProblem === null;
  const held = diff.value?.tables.filter(({ state }) => state !== 'not-in-snapshot') ?? snapshot.tables ?? [];
  const tables = held.map(({ name }) => name);
  return (
    <>
      <div className={other === null && hasDatabase ? 'rows-subject now' : 'rows-subject'}>
        <p>
          {other === null && !hasDatabase
            ? 'Without the database, this snapshot can be compared with another one'
            : other === null
              ? 'What a restore of this snapshot would do now'
              : `What leads from “${titleWords(other, now, exactOf(other.takenAt))}” to this snapshot`}
        </p>
        {other !== null && hasDatabase && (
          <Button className="button" onPress={() => setOther(null)}>
            Compare with now
          </Button>
        )}
        <Button className="button" onPress={() => setChoosing(true)}>
          Compare with…
        </Button>
        <Button className="button" onPress={() => setExporting(true)}>
          Export…
        </Button>
      </div>
      {outdated && other === null && (
        <div className="note outdated" role="status">
          <span>The database has changed since this was compared.</span>
          <Button className="button" onPress={compareAgain}>
            Compare again
          </Button>
        </div>
      )}
      {(other !== null || hasDatabase) && (
        <RowsPane
          key={other?.id ?? ''}
          folderId={folderId}
          subject={{ snapshotId: snapshot.id, otherId: other?.id ?? null }}
          firstTable={sought?.view === 'rows' ? sought.table : null}
          moment={other === null ? diff.value : null}
          renewing={other === null && renewing}
          outdated={other === null && outdated}
          restoring={other === null ? restoringOf(props) : null}
        />
      )}
      {exporting && (
        <ExportDialog
          folderId={folderId}
          snapshotId={snapshot.id}
          tables={tables}
          onClose={() => setExporting(false)}
        />
      )}
      {choosing && (
        <CompareDialog
          folderId={folderId}
          snapshot={snapshot}
          onClose={() => setChoosing(false)}
          onChoose={(chosen) => {
            setChoosing(false);
            setOther(chosen);
          }}
        />
      )}
    </>
  );
}
