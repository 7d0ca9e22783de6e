import type { CopyPlan, RestorePlan } from '../src/model/restore.ts';
import type { RowName } from '../src/model/search.ts';
import type { Related, Selection } from '../src/model/selection.ts';
import { formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';

/* What is said of the restore of a selected part. */

/** Two sentences: what comes back, with what it does, such as `go back to 14:03`, and that all else stays. Null: all does. */
export function selectedWords({ options }: Pick<RestorePlan, 'options'>, does: string): string | null {
  const { selection } = options;
  if (selection === undefined) return null;
  return `Only ${whatOf(selection)} ${does}. Everything else stays as it is now.`;
}

function whatOf(selection: Selection): string {
  if (selection.by === 'chat') return `the messages and other rows of the chat ${selection.chat}`;
  if (selection.by === 'rows')
    return `the rows that you named (${formatNumber(selection.rows.length)})${ALONG[selection.related ?? 'none']}`;
  const { tables } = selection;
  return `the rows of the ${choose(tables.length, 'table', 'tables')} ${joinWords(tables)}`;
}

const ALONG: { readonly [R in Related]: string } = {
  none: '',
  children: ' and what belonged to them',
  operation: ' and all else that the same rewind took',
};

type Part = Pick<
  RestorePlan | CopyPlan,
  'pulled' | 'staying' | 'moreStaying' | 'related' | 'guessed' | 'options'
>;

/** What comes along with a selected part, and what stays although it differs in the snapshot: one line for each table. */
export function selectedLines(plan: Part): readonly string[] {
  return [
    ...plan.related.map(
      ({ table, rows }) =>
        `Comes along: ${count(rows, 'row')} of ${table}, because ${choose(rows, 'it', 'they')} belonged to what you named.`,
    ),
    ...alongLines(plan).map((line) => `Comes along: ${line}`),
    ...stayingLines(plan).map((line) => `Stays as it is now, although it differs in the snapshot: ${line}`),
    ...plan.guessed.map((one) =>
      guessedWords(one, plan.options.selection?.by === 'rows' ? 'them' : 'the chat'),
    ),
    ...(plan.moreStaying ? [MORE_STAYING] : []),
  ];
}

/** What comes along and why: one line for each table. */
export function alongLines({ pulled }: Pick<Part, 'pulled'>): readonly string[] {
  return [...Map.groupBy(pulled, ({ table }) => table)].map(
    ([table, rows]) =>
      `${rowsWords(table, rows)}, because ${refersWords(rows)} would point to nothing otherwise.`,
  );
}

/** What stays although it differs in the snapshot: one line for each table. */
export function stayingLines({ staying }: Pick<Part, 'staying'>): readonly string[] {
  return [...Map.groupBy(staying, ({ table }) => table)].map(([table, rows]) => `${rowsWords(table, rows)}.`);
}

/** Where not all rows that stay are named. */
export const MORE_STAYING = 'More rows stay as they are than are named here.';

function guessedWords({ table, column, rows, taken }: RestorePlan['guessed'][number], owner: string): string {
  const what = `${count(rows, 'row')} of ${table}`;
  return taken
    ? `Restored as well, because the column ${column} names ${owner}, although nothing declares that it refers to ${owner === 'them' ? owner : 'it'}: ${what}.`
    : `${what} may belong to ${owner} as well: the column ${column} names ${owner === 'them' ? owner : 'it'}, but nothing declares that it refers to ${owner === 'them' ? owner : 'it'}. ${choose(rows, 'It stays as it is', 'They stay as they are')} now.`;
}

const MOST_NAMED = 3;

/** `bots b2, b3 and 4 more`. */
export function rowsWords(table: string, rows: readonly RowName[]): string {
  const named = rows.slice(0, MOST_NAMED).map(({ key }) => keyWords(key));
  const rest = rows.length - named.length;
  return `${table} ${joinWords([...named, ...(rest === 0 ? [] : [`${rest} more`])])}`;
}

function refersWords(rows: RestorePlan['pulled']): string {
  const [first] = rows;
  if (first === undefined) return '';
  const rest = rows.length - 1;
  const { table, key } = first.because;
  return `${table} ${keyWords(key)}${rest === 0 ? '' : ` and ${count(rest, 'other row')}`}`;
}

const LONGEST_KEY = 60;

function keyWords(key: RowName['key']): string {
  if (key.length === 0) return '(without a key)';
  const text = key
    .map((value) => (value instanceof Uint8Array ? count(value.length, 'byte') : String(value)))
    .join(' ');
  return text.length <= LONGEST_KEY ? text : `${text.slice(0, LONGEST_KEY)}…`;
}
