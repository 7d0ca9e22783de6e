import { useLayoutEffect, useState } from 'react';
import { Button, Dialog, Heading, ListBox, ListBoxItem, Modal, ModalOverlay } from 'react-aria-components';
import type { RowsRequest, RowsShape } from '../../src/model/rows.ts';
import { formatNumber } from '../../words/numbers.ts';
import { CHANGE_WORDS } from '../../words/rows.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { CellContent } from './cell-content.tsx';
import { CellDetailView } from './cell-detail-view.tsx';
import { type CopyFromRow, sideOf, useIsNamed } from './row-menu.tsx';

/** So many columns are listed at once. */
const COLUMNS_AT_ONCE = 60;

export type RowDialogProps = {
  readonly rowsId: string;
  readonly request: RowsRequest;
  readonly shape: RowsShape;
  readonly row: number;
  readonly column: number;
  readonly onRow: (row: number) => void;
  readonly onCopy: CopyFromRow;
  /** Null where the table has no key, by which a row is found at other times. */
  readonly onHistory: ((line: number) => void) | null;
  /** Keeps the comparison as it is until the function that it returns is called. */
  readonly hold: () => () => void;
  /** The database has changed since the comparison. */
  readonly isBehind: boolean;
  readonly onClose: () => void;
};

/** One row large: its columns, and one value of it in full. While it is open, no other row takes its place. */
export function RowDialog(props: RowDialogProps) {
  const { rowsId, request, shape, row, onCopy, onHistory, onClose } = props;
  const { hold, isBehind } = props;
  useLayoutEffect(hold, [hold]);
  const [column, setColumn] = useState(props.column);
  const first = Math.floor(column / COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE;
  const window = { offset: row, limit: 1, firstColumn: first, columnCount: COLUMNS_AT_ONCE };
  const { value, error } = useRequest('rows.page', { rowsId, request, window });
  const shown = value?.rows[0];
  const columns = shape.columns.slice(first, first + COLUMNS_AT_ONCE);
  const side = shown === undefined ? 'after' : sideOf(shown);
  const isNamed = useIsNamed(
    shown === undefined || onHistory === null ? null : { rowsId, table: request.table, line: shown.line },
  );
  const pages = Math.ceil(shape.columns.length / COLUMNS_AT_ONCE);
  const turn = (by: number) =>
    setColumn(Math.min(shape.columns.length - 1, Math.max(0, first + by * COLUMNS_AT_ONCE)));
  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className="modal row-modal">
        <Dialog className="dialog">
          <Heading slot="title">
            Row {formatNumber(row + 1)} of {formatNumber(shape.total)} in <bdi>{request.table}</bdi>
            {shown !== undefined && (
              <span className="row-change" data-change={shown.change}>
                {CHANGE_WORDS[shown.change]}
              </span>
            )}
          </Heading>
          <div role="status">
            {isBehind && (
              <p className="note row-behind">
                The data has changed since. The rows as they are now are shown when you close this.
              </p>
            )}
          </div>
          {error !== null && <ErrorNote error={error} />}
          <div className="row-split">
            <div className="row-columns">
              <ListBox
                aria-label="Columns"
                selectionMode="single"
                selectionBehavior="replace"
                disallowEmptySelection
                escapeKeyBehavior="none"
                selectedKeys={[column]}
                onSelectionChange={(keys) => {
                  const [key] = keys === 'all' ? [] : keys;
                  if (key !== undefined) setColumn(Number(key));
                }}
                autoFocus
              >
                {columns.map(({ name, isKey }, index) => {
                  const cell = shown?.cells[index];
                  return (
                    <ListBoxItem
                      key={name}
                      id={first + index}
                      textValue={name}
                      className={`row-column${cell?.isChanged === true ? ' differs' : ''}`}
                    >
                      <b>
                        <bdi>{name}</bdi>
                        {isKey && <span className="dim"> key</span>}
                      </b>
                      <span className="row-value">{cell !== undefined && <CellContent cell={cell} />}</span>
                    </ListBoxItem>
                  );
                })}
              </ListBox>
              {pages > 1 && (
                <p className="row-turn">
                  <Button className="button quiet" isDisabled={first === 0} onPress={() => turn(-1)}>
                    Earlier columns
                  </Button>
                  <Button
                    className="button quiet"
                    isDisabled={first + COLUMNS_AT_ONCE >= shape.columns.length}
                    onPress={() => turn(1)}
                  >
                    Later columns
                  </Button>
                </p>
              )}
            </div>
            {shown !== undefined && (
              <CellDetailView
                key={`${shown.line} ${column}`}
                rowsId={rowsId}
                table={request.table}
                line={shown.line}
                column={column}
                name={shape.columns[column]?.name ?? ''}
              />
            )}
          </div>
          <footer>
            <Button className="button" isDisabled={row === 0} onPress={() => props.onRow(row - 1)}>
              Previous row
            </Button>
            <Button
              className="button"
              isDisabled={row + 1 >= shape.total}
              onPress={() => props.onRow(row + 1)}
            >
              Next row
            </Button>
            <span className="grow" />
            {onHistory !== null && (
              <Button
                className="button"
                isDisabled={!isNamed}
                onPress={() => shown !== undefined && onHistory(shown.line)}
              >
                History of this
              </Button>
            )}
            <Button
              className="button"
              isDisabled={shown === undefined}
              onPress={() => shown !== undefined && onCopy(shown.line, column, side)}
            >
              Copy value
            </Button>
            <Button
              className="button"
              isDisabled={shown === undefined}
              onPress={() => shown !== undefined && onCopy(shown.line, null, side)}
            >
              Copy row
            </Button>
            <Button className="button primary" onPress={onClose}>
              Close
            </Button>
          </footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
