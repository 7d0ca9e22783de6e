import type { Yielder } from '../system/yielder.ts';
import type { ByteWindow } from './byte-window.ts';
import type { SnapshotBytes } from './bytes.ts';
import { createDumpCheck } from './dumped-table.ts';
import { scanFrom } from './exact-values.ts';
import { putInOrder } from './json-row.ts';
import type { DumpedTable, WrittenDump } from './notes.ts';
import type { RowBatch } from './row-batch.ts';
import { createListDigest, createRowWriter, EMPTY_SHA256, exactEntries } from './table-text.ts';

/** Compares a table's list in a file of ours with what its notes say about it. */
export type TableProof = {
  /** Takes the next rows, in the order of the file. */
  readonly add: (batch: RowBatch) => void;
  /** Some rows do not have their columns in the order of the notes: their bytes prove nothing. */
  readonly distrustBytes: () => void;
  /** Whether the rows are what was written. `to`: the offset of the closing bracket. */
  readonly finish: (to: number) => Promise<boolean>;
};

/** What a proof reads: the file, and the window that moves over it. */
export type ProofSource = {
  readonly file: SnapshotBytes;
  readonly window: ByteWindow;
  readonly yielder: Yielder;
};

/** Begins at the list's first byte, `from`. Its functions @throws `snapshot-unreadable`, `cancelled` */
export function createTableProof(expected: DumpedTable, source: ProofSource, from: number): TableProof {
  if (!('sha256' in expected)) {
    const check = createDumpCheck(expected);
    return {
      add(batch) {
        for (const row of batch.rows()) check.add(row);
      },
      distrustBytes: () => undefined,
      finish: async () => check.finish(),
    };
  }
  const hashBytes = source.window.hashFrom(from);
  const exact = createListDigest();
  let rows = 0;
  let inOrder = true;
  return {
    add(batch) {
      // What is plain has no exact values.
      if (batch.text === null)
        for (const [index, row] of batch.rows().entries())
          for (const entry of exactEntries(rows + index, batch.columns, row)) exact.add(entry);
      rows += batch.count;
    },
    distrustBytes() {
      inOrder = false;
    },
    async finish(to) {
      if (rows !== expected.rows || exact.finish() !== expected.exactSha256) return false;
      if (hashBytes(to) === expected.sha256 && inOrder) return true;
      return (await hashValues(expected, source, from)) === expected.sha256;
    },
  };
}

/** Reads a list again whose bytes are not those that we wrote: somebody may have reformatted it. */
async function hashValues(
  { columns }: WrittenDump,
  { file, yielder }: ProofSource,
  from: number,
): Promise<string> {
  const scanner = scanFrom(file, from);
  const textOf = createRowWriter(columns);
  const digest = createListDigest();
  for (let more = (await scanner.peek()) !== ']'; more; more = (await scanner.peek()) === ',') {
    if ((await scanner.peek()) === ',') await scanner.expect(',');
    const row = putInOrder(await scanner.readRow(columns), columns);
    digest.add(textOf(row?.values ?? []));
    await yielder.step();
  }
  return digest.finish() ?? EMPTY_SHA256;
}
