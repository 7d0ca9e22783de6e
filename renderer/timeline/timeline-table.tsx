import type { ListedSnapshot } from '../../electron/contract.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import { formatTimestamp } from '../../words/moments.ts';
import { formatNumber } from '../../words/numbers.ts';
import { titleWords } from '../../words/snapshots.ts';
import { restoreWords, rewindWords, shrinkWords, tookWords } from '../../words/timeline.ts';
import { useNow } from '../ask/now.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { countsOverTime, type TableCounts } from './counts.ts';

export type TimelineTableProps = {
  readonly timeline: Timeline;
  readonly snapshots: readonly ListedSnapshot[];
  readonly onClose: () => void;
};

/** What the timeline shows, as a table, newest first; and how many rows each table had in each snapshot. */
export function TimelineTable({ timeline, snapshots, onClose }: TimelineTableProps) {
  const now = useNow();
  const lines = [
    ...snapshots.map((snapshot) => ({
      key: snapshot.id,
      at: Date.parse(snapshot.takenAt),
      what: titleWords(snapshot, now),
      more: '',
    })),
    ...timeline.rewinds.map((rewind) => ({
      key: `rewind ${rewind.event}`,
      at: rewind.at,
      what: rewindWords(rewind, now),
      more: tookWords(rewind) ?? '',
    })),
    ...timeline.restores.map((restore) => ({
      key: `restore ${restore.at}`,
      at: restore.at,
      what: restoreWords(restore, now),
      more: '',
    })),
  ].toSorted((a, b) => b.at - a.at);
  const tables = countsOverTime(snapshots);
  return (
    <AlertDialog
      wide
      title="Timeline"
      onClose={onClose}
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      <ScrollArea className="timeline-lines" label="Timeline as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Took away</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, MOST_LINES).map(({ key, at, what, more }) => (
              <tr key={key}>
                <td className="when">{formatTimestamp(new Date(at).toISOString())}</td>
                <td dir="auto">{what}</td>
                <td dir="auto">{more}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      {lines.length > MOST_LINES && (
        <p className="dim">
          Of {formatNumber(lines.length)} lines, the newest {formatNumber(MOST_LINES)} are shown.
        </p>
      )}
      {tables.length > 0 && (
        <>
          <h3>Size of each table, snapshot by snapshot</h3>
          <ul className="timeline-counts">
            {tables.map((table) => (
              <TableOverTime key={table.name} table={table} />
            ))}
          </ul>
        </>
      )}
    </AlertDialog>
  );
}

/** More lines in one table take too long to be drawn. */
const MOST_LINES = 500;
const [CHART_WIDTH, CHART_HEIGHT] = [120, 24];

function TableOverTime({ table }: { readonly table: TableCounts }) {
  const now = useNow();
  const { name, points } = table;
  const most = points.reduce((max, { rows }) => Math.max(max, rows), 1);
  const step = CHART_WIDTH / Math.max(1, points.length - 1);
  const path = points
    .map(({ rows }, at) => `${at * step},${(CHART_HEIGHT - 2) * (1 - rows / most) + 1}`)
    .join(' ');
  return (
    <li>
      <span className="timeline-table-name">{name}</span>
      <svg width={CHART_WIDTH} height={CHART_HEIGHT} aria-hidden="true">
        <polyline points={path} />
      </svg>
      <span className="dim">{shrinkWords(points, now)}</span>
    </li>
  );
}
