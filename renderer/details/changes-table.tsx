import type { TableDiff } from '../../src/model/diff.ts';
import { formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { tablesAlikeWords } from '../../words/rows.ts';
import { Fold } from '../parts/fold.tsx';

type ChangesTableProps = {
  readonly tables: readonly TableDiff[];
  /** What differs in the tables themselves. */
  readonly schema: readonly unknown[];
};

/** What a restore would do to each table. Unaffected tables are listed in a section that starts closed. */
export function ChangesTable({ tables, schema }: ChangesTableProps) {
  const compared = tables.filter((table) => table.state === 'compared');
  const differing = compared.filter((table) => changesOf(table) > 0);
  const same = compared.filter((table) => changesOf(table) === 0);
  const most = Math.max(1, ...differing.map(changesOf));
  return (
    <>
      {differing.length > 0 && (
        <table className="changes">
          <caption className="visually-hidden">What a restore would do, by table</caption>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col">In snapshot</th>
              <th scope="col">Now</th>
              <th scope="col">Comes back</th>
              <th scope="col">Changed</th>
              <th scope="col">Removed</th>
              <td className="bar-cell" />
            </tr>
          </thead>
          <tbody>
            {differing.map((table) => (
              <tr key={table.name}>
                <th scope="row">{table.name}</th>
                <td>{formatNumber(table.snapshotRows)}</td>
                <td>{formatNumber(table.liveRows)}</td>
                <Figure value={table.added} tone="back" />
                <Figure value={table.changed} tone="changed" />
                <Figure value={table.removed} tone="gone" />
                <td className="bar-cell" aria-hidden="true">
                  <Bar table={table} most={most} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {same.length > 0 && (
        <Fold title={tablesAlikeWords(same.length, schema)}>
          <ul className="same-tables">
            {same.map((table) => (
              <li key={table.name}>
                <span>{table.name}</span> <span className="dim">{count(table.liveRows, 'row')}</span>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </>
  );
}

/** How many rows a restore would add, change or remove. */
function changesOf(table: TableDiff): number {
  return table.added + table.changed + table.removed;
}

function Figure({ value, tone }: { readonly value: number; readonly tone: 'back' | 'changed' | 'gone' }) {
  return <td className={value === 0 ? 'zero' : tone}>{formatNumber(value)}</td>;
}

function Bar({ table, most }: { readonly table: TableDiff; readonly most: number }) {
  const parts = [
    ['back', table.added],
    ['changed', table.changed],
    ['gone', table.removed],
  ] as const;
  return (
    <span className="bar">
      {parts.map(
        ([tone, value]) =>
          value > 0 && (
            <i key={tone} className={tone} style={{ width: `max(3px, ${(100 * value) / most}%)` }} />
          ),
      )}
    </span>
  );
}
