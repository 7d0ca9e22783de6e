import { join } from 'node:path';
import { jsonText } from '../host/python-text.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SalvageNote, SnapshotAbout, WrittenDump } from '../snapshot-file/notes.ts';
import { writeOwnPart } from '../snapshot-file/own-part.ts';
import { BETWEEN } from '../snapshot-file/table-text.ts';
import { type FileHandle, open } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { createTextSink, type TextSink } from '../system/text-sink.ts';
import { createYielder } from '../system/yielder.ts';
import type { Found, FoundTable } from './found-table.ts';

/** What a salvaged file says about itself. */
export type SalvageHead = {
  readonly kind: string;
  readonly takenAt: string;
  readonly note: SalvageNote;
};

/**
 * Writes what was found as a JSON snapshot into an empty file. A table of which nothing was found is not in it.
 * @throws `disk-full`, `io-failed`, `cancelled`, as `FoundTable.write`
 */
export async function writeJson(
  handle: FileHandle,
  found: Found,
  { kind, takenAt, note }: SalvageHead,
  task: TaskOptions,
): Promise<void> {
  const folder = await createPrivateFolder();
  try {
    const exactHandle = await open(join(folder.path, 'exact'), 'wx+', 0o600);
    try {
      const yielder = createYielder(task);
      const main = createTextSink(handle, yielder);
      const exact = createTextSink(exactHandle, yielder);
      await main.text(`{"last_event_id": ${found.lastEventId}`);
      const tables: WrittenDump[] = [];
      for (const table of found.tables)
        if (table.state !== 'missing') tables.push(await writeTable(table, main, exact));
      await exact.flush();
      const { lastEventId, userVersion, encoding, schemaHash } = found;
      const about: SnapshotAbout = {
        ...{ format: 4, kind, takenAt, lastEventId: String(lastEventId) },
        ...{ userVersion, encoding, schemaHash, tables, absent: [], log: null, restore: null },
        salvaged: note,
      };
      await writeOwnPart(main, { handle: exactHandle, bytes: exact.written() }, about);
    } finally {
      await exactHandle.close();
    }
  } finally {
    await folder.remove();
  }
}

async function writeTable(table: FoundTable, main: TextSink, exact: TextSink): Promise<WrittenDump> {
  const { name, columns } = table;
  let rows = 0;
  let exactValues = 0;
  await main.text(`, ${jsonText(name)}: [`);
  main.endSegment();
  await table.write({
    async begin(count) {
      if (rows > 0) await main.text(BETWEEN);
      rows += count;
    },
    text: main.text,
    async exact(entry) {
      if (exactValues === 0) {
        await exact.text(`${exact.written() === 0 ? '' : BETWEEN}${jsonText(name)}: [`);
        exact.endSegment();
      } else await exact.text(BETWEEN);
      await exact.text(entry);
      exactValues += 1;
    },
  });
  const { sha256 } = main.endSegment();
  await main.text(']');
  if (exactValues === 0) return { name, columns, rows, sha256, exactSha256: null };
  const exactSha256 = exact.endSegment().sha256;
  await exact.text(']');
  return { name, columns, rows, sha256, exactSha256 };
}
