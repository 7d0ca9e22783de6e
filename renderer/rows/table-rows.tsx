import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { TableDiff } from '../../src/model/diff.ts';
import type { RowChange, RowsOverview, RowsRequest, RowsShape } from '../../src/model/rows.ts';
import type { RowName } from '../../src/model/search.ts';
import { formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { chosenRowsWords, NO_KEY, withoutRowsWords } from '../../words/rows.ts';
import { call } from '../ask/api.ts';
import { useRequest } from '../ask/use-request.ts';
import { HistoryDialog } from '../history/history-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { ChosenRowsBar } from './chosen-rows-bar.tsx';
import { isRestorable, type Restoring } from './restoring.ts';
import { RowDialog } from './row-dialog.tsx';
import type { CopyFromRow } from './row-menu.tsx';
import { RowsGrid } from './rows-grid.tsx';
import { RowsToolbar } from './rows-toolbar.tsx';
import { useChoosing } from './use-choosing.ts';
import type { ChosenRows } from './use-chosen-rows.ts';
import { type ShownRows, useShownRows } from './use-shown-rows.ts';

export type TableRowsProps = {
  readonly folderId: FolderId;
  readonly rowsId: string;
  readonly overview: RowsOverview;
  readonly table: TableDiff;
  /** Null where nothing can be restored. */
  readonly restoring: Restoring | null;
  readonly chosen: ChosenRows;
  /** Keeps the comparison as it is until the function that it returns is called. */
  readonly hold: () => () => void;
  /** Told which comparison the rows are drawn from; null: none any more. */
  readonly onDrawn: (rowsId: string | null) => void;
  /** The database has changed since the comparison. */
  readonly isBehind: boolean;
};

const NOTHING: RowsShape = {
  columns: [],
  counts: { added: 0, changed: 0, removed: 0 },
  total: 0,
  without: null,
};

type Filter = NonNullable<RowsRequest['filter']>;
/** By its place in a comparison: in another one, another row may stand there. */
type OpenedRow = { readonly rowsId: string; readonly row: number; readonly column: number };

/** The rows of one table that differ, with what chooses and sorts them. */
export function TableRows(props: TableRowsProps) {
  const { folderId, overview, table, restoring, chosen, hold: holdComparison, onDrawn } = props;
  const [change, setChange] = useState<RowChange | null>(null);
  const [filter, setFilter] = useState<Filter>({ column: null, text: '' });
  const [sort, setSort] = useState<RowsRequest['sort']>(null);
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [opened, setOpened] = useState<OpenedRow | null>(null);
  const [said, setSaid] = useState('');
  const [history, setHistory] = useState<RowName | null>(null);
  const [holders, setHolders] = useState(0);
  const hold = useCallback(() => {
    const release = holdComparison();
    setHolders((before) => before + 1);
    return () => {
      release();
      setHolders((before) => before - 1);
    };
  }, [holdComparison]);
  const { name } = table;
  const asked = useMemo<Pick<ShownRows, 'rowsId' | 'request'>>(() => {
    const request = { table: name, change, filter: filter.text === '' ? null : filter, sort };
    return { rowsId: props.rowsId, request };
  }, [props.rowsId, name, change, filter, sort]);
  const { request } = asked;
  const cursor = useRef(0);
  const { shown, busy, error } = useShownRows(
    asked,
    () => ({ cursor: cursor.current, anchor: choosing.anchor() }),
    (next) => chosen.findIn(next, name),
    holders > 0 || opened !== null,
  );
  const choosing = useChoosing(shown ?? { ...asked, shape: NOTHING, moved: null }, chosen, setSaid);
  const rowsId = shown?.rowsId ?? props.rowsId;
  const changed = useRequest('rows.changed-columns', onlyChanged ? { rowsId, table: name } : null);
  const grid = useRef<HTMLDivElement>(null);

  const drawn = error === null ? (shown?.rowsId ?? null) : props.rowsId;
  const settled = useEffectEvent(() => choosing.settled());
  useEffect(() => {
    let isOver = false;
    // What keys have chosen of the comparison before is still read there.
    void settled().then(() => isOver || onDrawn(drawn));
    return () => {
      isOver = true;
    };
  }, [drawn, onDrawn]);
  useEffect(() => () => onDrawn(null), [onDrawn]);

  if (error !== null) return <ErrorNote error={error} />;
  if (shown === null) return <p className="dim rows-waiting">Reading the rows</p>;
  const { shape } = shown;
  const every = shape.columns.map((_, place) => place);
  const places =
    onlyChanged && changed.value !== null
      ? every.filter((place) => shape.columns[place]?.isKey === true || changed.value?.includes(place))
      : every;
  const sortBy = (column: string) =>
    setSort((now) =>
      now?.column !== column
        ? { column, descending: false }
        : now.descending
          ? null
          : { column, descending: true },
    );
  const copy: CopyFromRow = async (line, column, side) => {
    const reply = await call('rows.copy', { rowsId, table: table.name, line, column, side });
    setSaid(reply.ok ? (column === null ? 'Row copied.' : 'Value copied.') : 'Not copied.');
  };
  const withName = async (line: number, use: (row: RowName) => void) => {
    const reply = await call('rows.key', { rowsId, table: table.name, line });
    if (reply.ok && reply.value !== null) use({ table: table.name, key: reply.value });
    else setSaid('Nothing names this row at other times.');
  };
  const hasKey = shape.columns.some(({ isKey }) => isKey);
  const onHistory = hasKey ? (line: number) => void withName(line, setHistory) : null;
  const canRestore = restoring !== null && table.state === 'compared';
  const onRestoreRow =
    hasKey && canRestore ? (line: number) => void withName(line, (row) => restoring.rows([row])) : null;
  const isChoosing = restoring !== null && chosen.count > 0;
  const total =
    request.filter === null
      ? count(shape.total, 'row')
      : `${formatNumber(shape.total)} of ${count(totalOf(shape.counts, change), 'row')}`;
  const note = canRestore && !hasKey && shape.total > 0 ? [NO_KEY] : [];
  const restoreTable = isRestorable(table) ? (restoring?.table ?? null) : null;
  return (
    <section className="rows-main" aria-label={`Rows of ${table.name}`}>
      {shape.without !== null && (
        <p className="note">
          <span>{withoutRowsWords(table, shape.without, overview.other !== null)}</span>
        </p>
      )}
      {shape.columns.length > 0 && (
        <>
          <RowsToolbar
            counts={shape.counts}
            columns={shape.columns}
            change={change}
            filter={filter}
            onChange={setChange}
            onFilter={setFilter}
          />
          <div className="rows-line">
            <p className="rows-status" role="status">
              {isChoosing
                ? chosenRowsWords(chosen.count, chosen.tables)
                : [busy ? 'Searching the rows' : total, ...note].join('. ')}
            </p>
            {isChoosing && (
              <ChosenRowsBar
                chosen={chosen}
                onRestore={restoring.rows}
                onClear={() => {
                  grid.current?.focus();
                  choosing.clear();
                }}
              />
            )}
            {shape.counts.changed > 0 && (
              <ToggleButton
                className="rows-chip bold-if-selected"
                data-name="Only columns that change"
                isSelected={onlyChanged}
                onChange={setOnlyChanged}
              >
                Only columns that change
              </ToggleButton>
            )}
            {restoreTable !== null && chosen.count === 0 && (
              <Button className="button" onPress={() => restoreTable(table.name)}>
                Bring back this table…
              </Button>
            )}
          </div>
          <p className="rows-copied" role="status">
            {said}
          </p>
          {shape.total === 0 ? (
            <p className="empty-title">
              {request.filter === null ? 'No row differs.' : 'No row holds that text.'}
            </p>
          ) : (
            <RowsGrid
              label={`Rows of ${table.name} that differ`}
              shown={shown}
              cursor={cursor}
              places={places}
              onSort={sortBy}
              onOpen={(row, column) => setOpened({ rowsId, row, column })}
              onCopy={copy}
              onHistory={onHistory}
              onRestore={onRestoreRow}
              hold={hold}
              choosing={hasKey && canRestore ? choosing : null}
              ref={grid}
            />
          )}
          {opened !== null && opened.rowsId === rowsId && (
            <RowDialog
              rowsId={rowsId}
              request={shown.request}
              shape={shape}
              row={opened.row}
              column={opened.column}
              onRow={(row) => setOpened({ ...opened, row })}
              onCopy={copy}
              onHistory={onHistory}
              hold={hold}
              isBehind={props.isBehind || rowsId !== props.rowsId}
              onClose={() => setOpened(null)}
            />
          )}
          {history !== null && (
            <HistoryDialog folderId={folderId} row={history} onClose={() => setHistory(null)} />
          )}
        </>
      )}
    </section>
  );
}

function totalOf(counts: Readonly<Record<RowChange, number>>, change: RowChange | null): number {
  return change === null ? counts.added + counts.changed + counts.removed : counts[change];
}
