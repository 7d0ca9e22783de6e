import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { createYielder } from '../system/yielder.ts';
import type { SnapshotBytes } from './bytes.ts';
import { scanFrom } from './exact-values.ts';
import { findRows, findZeros } from './find-rows.ts';
import { refuseForeign } from './foreign.ts';
import { damagedAt } from './json-scanner.ts';
import { OWN_KEY } from './notes.ts';
import { isBeyondAll, searchOwnNotes } from './own-notes.ts';
import { emptyList, type RowList, readRowList } from './row-list.ts';
import { type Expected, keyText, type Survey, type SurveyedTable, sameNames } from './surveyed.ts';

/*
 * What a damaged JSON snapshot still holds. Nothing is guessed: rows behind damage count only where it is certain to which
 * table they belong, because the next key says it and the columns are that table's.
 */

/**
 * Reads all that can be read of a damaged file. Memory grows with the number of damaged places only.
 * @throws `snapshot-damaged` where the first bytes are those of something else, `snapshot-unreadable`, `cancelled`
 */
export async function surveySnapshot(
  file: SnapshotBytes,
  expected: Expected,
  task: TaskOptions,
): Promise<Survey> {
  await refuseForeign(file);
  const yielder = createYielder(task);
  const notes = await searchOwnNotes(file);
  const noted = new Map(notes?.about.tables.map((table) => [foldName(table.name), table]));
  const order = (notes === null ? expected.order : [...noted.keys()]).map(foldName);
  const known = new Set(expected.order.map(foldName));
  const tables = new Map<string, SurveyedTable>();
  let lastEventId: bigint | null = null;
  let damage: SnapbackError | null = null;
  /** From where rows are looked for after damage. */
  let mark = 0;
  /** The table that is being read; null between two. */
  let open: SurveyedTable | null = null;
  /** The places in `order` before this one are read to their ends. */
  let from = 0;
  /** Rows of a list of which the beginning is lost, whose end was read. */
  let loose: RowList | null = null;
  let scanner = scanFrom(file, 0);

  const step = async () => {
    await yielder.step();
    yielder.report({
      phase: 'read-snapshot',
      done: Math.min(mark, file.sizeBytes),
      total: file.sizeBytes,
      unit: 'bytes',
      cancellable: true,
    });
  };
  const note = (offset: number) => {
    mark = Math.max(mark, offset);
  };
  const columnsOf = (name: string) => noted.get(foldName(name))?.columns ?? null;

  function addTable(name: string): SurveyedTable {
    const table: SurveyedTable = {
      ...{ name, columns: columnsOf(name), segments: [], gaps: [], list: null },
      ...{ closed: false, last: null, ascending: true },
    };
    tables.set(foldName(name), table);
    return table;
  }

  function addRows(table: SurveyedTable, list: RowList, firstOrdinal: number | null): void {
    if (list.segment === null) return;
    table.columns ??= list.columns;
    if (table.segments.length > 0 || firstOrdinal !== 0)
      table.gaps.push({ after: keyText(table, table.last), before: keyText(list, list.first) });
    table.segments.push({ ...list.segment, firstOrdinal });
    table.ascending &&= list.ascending;
    table.last = list.last;
  }

  /** Reads the list of a table from behind its opening bracket. */
  async function readList(key: string, begin: number): Promise<void> {
    const table = addTable(key);
    open = table;
    from = Math.max(from, order.indexOf(foldName(key)));
    const list = emptyList(table.columns);
    try {
      await readRowList(scanner, list, note, step);
      table.list = { from: begin, to: scanner.offset() - 1 };
      close(table);
    } finally {
      addRows(table, list, 0);
    }
  }

  /** Whether a list of that key is one to read. In a file of ours it is noted, unless there was no such table. */
  function isExpected(key: string): boolean {
    const name = foldName(key);
    return known.has(name) && (notes === null || noted.has(name)) && !tables.has(name);
  }

  function close(table: SurveyedTable): void {
    table.closed = true;
    open = null;
    from = Math.max(from, order.indexOf(foldName(table.name)) + 1);
  }

  /** Gives loose rows to their table, now that it is known what comes after it. What could be of several is left out. */
  function settle(next: number): void {
    if (loose === null) return;
    const list = loose;
    loose = null;
    const name = order[next - 1];
    if (name === undefined || next - 1 < from || list.segment === null) return;
    const table = tables.get(name) ?? null;
    if (table !== null && table !== open) return;
    if (!isOf(name, table, list)) return;
    const total = noted.get(name)?.rows;
    const before = table?.segments.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
    if (total !== undefined && before + list.segment.rows > total) return;
    const target = table ?? addTable(spell(name));
    addRows(target, list, total === undefined ? null : total - list.segment.rows);
    close(target);
  }

  /** Whether rows whose list comes right before the next key are certainly of this table. */
  function isOf(name: string, table: SurveyedTable | null, list: RowList): boolean {
    const columns = noted.get(name)?.columns;
    if (columns !== undefined) return sameNames(columns, list.columns);
    if (table !== null && table.segments.length > 0) {
      if (!sameNames(table.columns ?? [], list.columns)) return false;
      const goesOn =
        typeof table.last === 'bigint' && typeof list.first === 'bigint' && list.first > table.last;
      return !table.ascending || !list.ascending || goesOn;
    }
    return name === foldName(expected.order[0] ?? '') && hasLogColumns(list);
  }

  function isLog(table: SurveyedTable): boolean {
    return foldName(table.name) === foldName(expected.order[0] ?? '');
  }

  function hasLogColumns({ columns }: RowList): boolean {
    const names = columns?.map(foldName) ?? [];
    return expected.logColumns.every((column) => names.includes(foldName(column)));
  }

  function spell(name: string): string {
    return noted.get(name)?.name ?? expected.order.find((one) => foldName(one) === name) ?? name;
  }

  /** Reads key after key, to the end of the file. */
  async function readKeys(isFirst: boolean): Promise<void> {
    let first = isFirst;
    let keys = 0;
    for (;;) {
      await step();
      const next = await scanner.peek();
      if (next === '}') {
        settle(order.length);
        await scanner.expect('}');
        if ((await scanner.peek()) !== '') throw damagedAt(scanner.offset(), 'something follows the end');
        return;
      }
      if (!first) await scanner.expect(',');
      first = false;
      const key = await scanner.readString();
      await scanner.expect(':');
      note(scanner.offset());
      keys += 1;
      if (isBeyondAll(key, keys)) throw damagedAt(scanner.offset(), 'it has keys that no snapshot has');
      const name = foldName(key);
      if (key === OWN_KEY) settle(order.length);
      else if (order.includes(name)) settle(order.indexOf(name));
      if (isExpected(key)) {
        await scanner.expect('[');
        await readList(key, scanner.offset());
      } else if (key === 'last_event_id') {
        const value = await scanner.readScalar();
        if (typeof value === 'bigint') lastEventId = value;
      } else await scanner.skipValue();
      note(scanner.offset());
    }
  }

  /** Goes on behind damage, if anything can be read there. */
  async function goOn(): Promise<void> {
    loose = null;
    const found = await findRows(file, mark, step);
    if (found === null) return;
    note(found.at + 1);
    scanner = scanFrom(file, found.at);
    if (found.table !== null && isExpected(found.table)) {
      await readList(found.table, found.at);
      return readKeys(false);
    }
    const list = emptyList(found.columns);
    try {
      await readRowList(scanner, list, note, step);
      loose = list;
    } catch (error) {
      // Its end is lost as well. Only the log can be told by its columns alone.
      if (open !== null && isLog(open) && hasLogColumns(list) && isOf(foldName(open.name), open, list))
        addRows(open, list, null);
      throw error;
    }
    return readKeys(false);
  }

  const readAll = async () => {
    await scanner.expect('{');
    await readKeys(true);
  };
  for (let read: () => Promise<unknown> = readAll; ; read = goOn) {
    try {
      await read();
      break;
    } catch (error) {
      if (!(error instanceof SnapbackError) || error.code !== 'snapshot-damaged') throw error;
      damage ??= error;
    }
  }
  const zeroBytes = file.sizeBytes - (await findZeros(file));
  return { notes, lastEventId, tables, damage, zeroBytes };
}
