import { memo, useEffect, useMemo, useState } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import { formatTimestamp } from '../../words/moments.ts';
import { formatNumber } from '../../words/numbers.ts';
import { titleWords } from '../../words/snapshots.ts';
import { restoreWords, rewindWords, shrinkWords, tookWords } from '../../words/timeline.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
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
  return (
    <AlertDialog
      wide
      title="Timeline"
      onClose={onClose}
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      <Lines timeline={timeline} snapshots={snapshots} />
      <TablesOverTime snapshots={snapshots} />
    </AlertDialog>
  );
}

type Line = {
  readonly key: string;
  readonly at: number;
  readonly words: (now: Date) => { readonly what: string; readonly more?: string | null };
};

/** Newest first. The words of a line are made only where it is shown. */
function listLines({ rewinds, restores }: Timeline, snapshots: readonly ListedSnapshot[]): readonly Line[] {
  return [
    ...snapshots.map((snapshot) => ({
      key: snapshot.id,
      at: Date.parse(snapshot.takenAt),
      words: (now: Date) => ({ what: titleWords(snapshot, now) }),
    })),
    ...rewinds.map((rewind) => ({
      key: `rewind ${rewind.event}`,
      at: rewind.at,
      words: (now: Date) => ({ what: rewindWords(rewind, now), more: tookWords(rewind) }),
    })),
    ...restores.map((restore) => ({
      key: `restore ${restore.at}`,
      at: restore.at,
      words: (now: Date) => ({ what: restoreWords(restore, now) }),
    })),
  ].toSorted((a, b) => b.at - a.at);
}

function Lines({ timeline, snapshots }: Omit<TimelineTableProps, 'onClose'>) {
  const lines = useMemo(() => listLines(timeline, snapshots), [timeline, snapshots]);
  const most = useDrawnLines(Math.min(MOST_LINES, lines.length));
  return (
    <>
      <ScrollArea className="timeline-lines" label="Timeline as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Took away</th>
            </tr>
          </thead>
          {Array.from({ length: Math.ceil(most / LINES_AT_ONCE) }, (_, at) => at * LINES_AT_ONCE).map(
            (from) => (
              <Body key={from} lines={lines} from={from} />
            ),
          )}
        </table>
      </ScrollArea>
      {lines.length > MOST_LINES && (
        <p className="dim">
          Of {formatNumber(lines.length)} lines, the newest {formatNumber(MOST_LINES)} are shown.
        </p>
      )}
    </>
  );
}

/** How many lines are drawn now: some more after each drawing, so that the window never stands still. */
function useDrawnLines(all: number): number {
  const [most, setMost] = useState(LINES_AT_ONCE);
  useEffect(() => {
    if (most >= all) return;
    return afterDrawing(() => setMost((last) => last + LINES_AT_ONCE));
  }, [most, all]);
  return Math.min(most, all);
}

type BodyProps = { readonly lines: readonly Line[]; readonly from: number };

/** A part of the lines, which is not drawn again because others follow. */
const Body = memo(function Body({ lines, from }: BodyProps) {
  const now = useNow();
  return (
    <tbody>
      {lines.slice(from, Math.min(from + LINES_AT_ONCE, MOST_LINES)).map(({ key, at, words }) => {
        const { what, more } = words(now);
        return (
          <tr key={key}>
            <td className="when">{formatTimestamp(new Date(at).toISOString())}</td>
            <td dir="auto">{what}</td>
            <td dir="auto">{more}</td>
          </tr>
        );
      })}
    </tbody>
  );
});

function TablesOverTime({ snapshots }: Pick<TimelineTableProps, 'snapshots'>) {
  const tables = useMemo(() => countsOverTime(snapshots), [snapshots]);
  if (tables.length === 0) return null;
  return (
    <>
      <h3>Size of each table, snapshot by snapshot</h3>
      <ul className="timeline-counts">
        {tables.map((table) => (
          <TableOverTime key={table.name} table={table} />
        ))}
      </ul>
    </>
  );
}

/** More lines in one table take too long to be drawn. */
const MOST_LINES = 500;
const LINES_AT_ONCE = 100;
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
