import { formatNumber } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import { schemaWords, withoutRowsWords } from '../../words/rows.ts';
import {
  type DataFolder,
  type ExactRow,
  foldName,
  type Rows,
  type RowsOverview,
  type SqlValue,
  type TaskOptions,
  toExactJson,
  withRows,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { printJson } from './json.ts';
import { describeTables, TITLES_BETWEEN } from './report.ts';
import { toPrintable } from './text.ts';

/* `diff` with two snapshots, or with the rows of one table. */

type DiffCommand = Extract<FolderCommand, { readonly name: 'diff' }>;

/** `diff ID OTHER`: the figures by table, from the other snapshot to this one. */
export async function diffTwo(
  folder: DataFolder,
  { id, otherId }: DiffCommand,
  task: TaskOptions,
): Promise<Answer> {
  return withRows(folder, { snapshotId: id, otherId }, task, async ({ overview }) => {
    const figures = describeTables(overview, TITLES_BETWEEN);
    const apart = overview.tables.flatMap((table) =>
      table.state === 'compared' ? [] : [toPrintable(withoutRowsWords(table, table.state, true))],
    );
    return {
      json: overview,
      lines: [
        `From ${overview.other?.id ?? 'the database now'} to ${overview.snapshot.id}`,
        ...describeSchema(overview),
        ...apart,
        '',
        ...(figures.length === 0 ? ['No table is in both.'] : figures),
      ],
    };
  });
}

/** `diff ID [OTHER] --table T --rows`: the rows of one table that differ, as many as asked for. */
export async function diffRows(
  folder: DataFolder,
  { id, otherId, table, offset, limit }: DiffCommand & { readonly table: string },
  task: TaskOptions,
): Promise<Answer> {
  return withRows(folder, { snapshotId: id, otherId }, task, async (rows) => {
    const request = { table, change: null, filter: null, sort: null } as const;
    const shape = rows.shape(request);
    const found = [...rows.exact(request, { offset, limit })];
    const columns = shape.columns.map(({ name }) => name);
    const key = shape.columns.filter(({ isKey }) => isKey).map(({ name }) => name);
    const { name } = tableOf(rows, table);
    const toJson = (row: readonly SqlValue[] | null) => row?.map(toExactJson) ?? null;
    return {
      json: {
        table: name,
        columns,
        key,
        total: shape.total,
        rows: found.map(({ change, before, after }) => ({
          change,
          before: toJson(before),
          after: toJson(after),
        })),
      },
      lines: [
        ...describeSchema(rows.overview),
        ...describeCounts(rows, table),
        ...found.flatMap((row) => ['', ...describeRow(row, { columns, key })]),
        ...describeRest(shape.total - offset - found.length),
      ],
    };
  });
}

function tableOf({ overview }: Rows, name: string) {
  const found = overview.tables.find((table) => foldName(table.name) === foldName(name));
  if (found === undefined) throw new TypeError('The table has no state.');
  return found;
}

function describeSchema(overview: RowsOverview): readonly string[] {
  return overview.schema.map((difference) => toPrintable(schemaWords(difference, overview)));
}

function describeCounts(rows: Rows, name: string): readonly string[] {
  const table = tableOf(rows, name);
  const { without } = rows.shape({ table: name, change: null, filter: null, sort: null });
  const { added, changed, removed } = table;
  const total = added + changed + removed;
  const said = [
    ...(added > 0 ? [`${formatNumber(added)} ${choose(added, 'comes', 'come')} back`] : []),
    ...(changed > 0 ? [`${formatNumber(changed)} changed`] : []),
    ...(removed > 0 ? [`${formatNumber(removed)} removed`] : []),
  ];
  return [
    ...(without === null
      ? []
      : [toPrintable(withoutRowsWords(table, without, rows.overview.other !== null))]),
    ...(without === null || total > 0
      ? [
          toPrintable(
            `${table.name}: ${count(total, 'differing row')}${total === 0 ? '' : ` (${said.join(', ')})`}`,
          ),
        ]
      : []),
  ];
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const LONGEST = 120;

/** A row as lines: its key, and then each value, or of a changed row each value that changes. */
function describeRow(
  { change, before, after }: ExactRow,
  { columns, key }: { readonly columns: readonly string[]; readonly key: readonly string[] },
): readonly string[] {
  const row = after ?? before ?? [];
  const named = columns.map((name, index) => {
    const [was, is] = [before?.[index] ?? null, after?.[index] ?? null].map(shorten);
    return {
      name,
      isKey: key.includes(name),
      differs: isDifferent(before?.[index], after?.[index]),
      was,
      is,
    };
  });
  const head = key.map((name) => `${name} ${shorten(row[columns.indexOf(name)] ?? null)}`).join(', ');
  const lines = named
    .filter(({ isKey, differs }) => (change === 'changed' ? differs : !isKey))
    .map(({ name, was, is }) =>
      change === 'changed' ? `    ${name}: ${was} -> ${is}` : `    ${name}: ${change === 'added' ? is : was}`,
    );
  return [toPrintable(`${SIGNS[change]} ${head}`.trimEnd()), ...lines.map(toPrintable)];
}

function isDifferent(a: SqlValue | undefined, b: SqlValue | undefined): boolean {
  return printJson(toExactJson(a ?? null)) !== printJson(toExactJson(b ?? null));
}

/** A value in one line. */
function shorten(value: SqlValue): string {
  const text = printJson(toExactJson(value)).replace(/\s*\n\s*/g, ' ');
  return text.length <= LONGEST
    ? text
    : `${text.slice(0, LONGEST).toWellFormed()}… (${formatNumber(text.length)} letters)`;
}

function describeRest(rest: number): readonly string[] {
  return rest <= 0 ? [] : ['', `${count(rest, 'more row')}; --limit and --offset show them`];
}
