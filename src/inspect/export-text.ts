import { createHash } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import type { ExportFormat } from '../model/export.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { readRows } from '../sqlite/rows.ts';
import { columnInStage, type StagedTable } from '../stage/staged-table.ts';
import { constants, type FileHandle, open } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import { csvLine } from './csv.ts';
import { toExactJson } from './exact-json.ts';
import type { ExportSource } from './export-source.ts';

const PIECE = 1 << 20;

/**
 * Writes tables as text into a new file, and reads it back from the disk.
 * @throws `io-failed`, `disk-full`, `cancelled`; then the file may be incomplete
 */
export async function exportText(
  source: ExportSource,
  path: string,
  form: { readonly format: Exclude<ExportFormat, 'sqlite'>; readonly snapshotId: SnapshotId },
  task: TaskOptions,
): Promise<void> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(path, flags, 0o600);
  try {
    const written = createHash('sha256');
    const yielder = createYielder(task);
    let waiting = '';
    const flush = async () => {
      const bytes = Buffer.from(waiting);
      waiting = '';
      written.update(bytes);
      await handle.appendFile(bytes);
    };
    for (const text of form.format === 'csv' ? csvOf(source) : jsonOf(source, form.snapshotId)) {
      waiting += text;
      if (waiting.length > PIECE) await flush();
      await yielder.step();
    }
    await flush();
    await handle.sync();
    if ((await hashOf(handle)) !== written.digest('hex'))
      throw new SnapbackError('io-failed', 'What was written to the disk did not read back the same.', {
        path,
      });
  } finally {
    await handle.close();
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** The rows of a table in the order of the snapshot, exactly. */
export function rowsOf({ stage: { db, encoding } }: ExportSource, table: StagedTable) {
  const columns = table.columns.map((_, index) => columnInStage(table, index));
  return readRows(db, { schemaName: 'main', table: table.name, columns, order: 'ORDER BY rowid', encoding });
}

function* csvOf(source: ExportSource): Generator<string> {
  for (const table of source.tables) {
    yield csvLine(table.columns);
    for (const row of rowsOf(source, table)) yield csvLine(row);
  }
}

function* jsonOf(source: ExportSource, snapshotId: SnapshotId): Generator<string> {
  yield `{\n"snapshot": ${JSON.stringify(snapshotId)},\n"tables": {`;
  for (const [index, table] of source.tables.entries()) {
    const name = JSON.stringify(table.live.name);
    yield `${index === 0 ? '' : ','}\n${name}: {\n"columns": ${JSON.stringify(table.columns)},\n"rows": [`;
    let separator = '\n';
    for (const row of rowsOf(source, table)) {
      yield separator + JSON.stringify(row.map(toExactJson));
      separator = ',\n';
    }
    yield '\n]\n}';
  }
  yield '\n}\n}\n';
}
