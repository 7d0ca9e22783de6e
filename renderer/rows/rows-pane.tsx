import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { RowsOverview, RowsSubject } from '../../src/model/rows.ts';
import { differingRows, schemaWords } from '../../words/rows.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';
import type { Restoring } from './restoring.ts';
import { TableList } from './table-list.tsx';
import { TableRows } from './table-rows.tsx';
import { useChosenRows } from './use-chosen-rows.ts';
import { useRows } from './use-rows.ts';

export type RowsPaneProps = {
  readonly folderId: FolderId;
  readonly subject: RowsSubject;
  /** The table that is shown first; null: one that differs. */
  readonly firstTable: string | null;
  /** Something that changes whenever the rows have to be compared again. */
  readonly moment: unknown;
  /** True if they will have to be: the database has changed. */
  readonly renewing: boolean;
  /** The database has changed, and a person has to ask for it. */
  readonly outdated: boolean;
  /** Null where nothing can be restored. */
  readonly restoring: Restoring | null;
};

/** The rows in which two states differ: the tables at the left, the rows of one of them at the right. */
export function RowsPane(props: RowsPaneProps) {
  const { folderId, subject, firstTable, moment, renewing, outdated, restoring } = props;
  const opened = useRows(folderId, subject, moment);
  const [chosen, setChosen] = useState(firstTable);
  const chosenRows = useChosenRows(opened.value?.rowsId ?? null);
  if (opened.value === null)
    return opened.error !== null ? (
      <ErrorNote error={opened.error}>
        <Button className="button" onPress={opened.reload}>
          Try again
        </Button>
      </ErrorNote>
    ) : (
      <Working progress={opened.progress} words="Comparing row by row" onCancel={opened.cancel} />
    );
  const { rowsId, overview } = opened.value;
  const table = overview.tables.find(({ name }) => name === chosen) ?? firstDiffering(overview);
  return (
    <div className="rows-pane" aria-busy={renewing || opened.busy}>
      {opened.error !== null && <ErrorNote error={opened.error} />}
      {overview.lineage === 'other' && (
        <p className="note warn">
          <Icon name="warning" />
          <span>The two went separate ways: equal event numbers may stand for different events.</span>
        </p>
      )}
      <SchemaNotes overview={overview} />
      <div className="rows-split">
        <TableList
          overview={overview}
          chosen={table?.name ?? null}
          onChoose={setChosen}
          onRestore={restoring?.table ?? null}
        />
        {table === undefined ? (
          <p className="dim">There are no tables to compare.</p>
        ) : (
          <TableRows
            key={table.name}
            folderId={folderId}
            rowsId={rowsId}
            overview={overview}
            table={table}
            restoring={restoring}
            chosen={chosenRows}
            hold={opened.hold}
            onDrawn={opened.onDrawn}
            isBehind={outdated || renewing || opened.isBehind}
          />
        )}
      </div>
    </div>
  );
}

function firstDiffering({ tables }: RowsOverview) {
  const differing = tables.filter((table) => differingRows(table) > 0);
  return differing.find(({ role }) => role === 'projected') ?? differing[0] ?? tables[0];
}

/** What the two states can hold differs: that stands first, because then equal rows are not the whole story. */
function SchemaNotes({ overview }: { readonly overview: RowsOverview }) {
  if (overview.schema.length === 0) return null;
  return (
    <ul className="notes" aria-label="Differences of the tables themselves">
      {overview.schema.map((difference) => (
        <li
          key={`${difference.of} ${difference.kind} ${difference.table} ${difference.column}`}
          className={difference.loses > 0 ? 'note warn' : 'note'}
        >
          {difference.loses > 0 && <Icon name="warning" />}
          <span>{schemaWords(difference, overview)}</span>
        </li>
      ))}
    </ul>
  );
}
