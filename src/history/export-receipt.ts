import { basename, join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { toExactJson } from '../inspect/exact-json.ts';
import { SnapbackError } from '../model/errors.ts';
import type { ExportedReceipt, HistoryEntry, RestoreEntry } from '../model/history.ts';
import type { RestoreReceipt } from '../model/receipt.ts';
import { findPlace, makeFile } from '../snapshots/new-file.ts';
import { constants, open } from '../system/files.ts';

const FORMAT = 'snapback-receipt';
const FORMAT_VERSION = 1;

type ReceiptFile = {
  /** The entry of the history. */
  readonly entry: HistoryEntry;
  readonly to: string;
  /** The receipt in words, line by line, as it was shown. */
  readonly text: readonly string[];
};

/**
 * Writes the receipt of a restore, undo or redo into a new JSON file, with the same in words. The file is complete and on
 * the disk from the moment it has its name; nothing is overwritten.
 * @throws `usage` where there is no receipt, or for a place that belongs to the chat app or to Snapback; `target-exists`,
 * `disk-full`, `folder-read-only`, `io-failed`; then there is no file
 */
export async function exportReceipt(
  folder: DataFolder,
  { entry, to, text }: ReceiptFile,
): Promise<ExportedReceipt> {
  const { receipt, kind } = requireReceipt(entry);
  const place = await findPlace(folder, to);
  const file = join(place, basename(to));
  const content = { format: FORMAT, version: FORMAT_VERSION, id: entry.id, kind, text, receipt };
  const json = JSON.stringify(
    content,
    (_, value: unknown) => (typeof value === 'bigint' ? toExactJson(value) : value),
    2,
  );
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const sizeBytes = await makeFile(file, async (draft) => {
    const handle = await open(draft, flags, 0o600);
    try {
      await handle.writeFile(`${json}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  return { id: entry.id, file, sizeBytes };
}

function requireReceipt(entry: HistoryEntry): RestoreEntry & { readonly receipt: RestoreReceipt } {
  if (!('receipt' in entry))
    throw new SnapbackError('usage', 'Only a restore, an undo or a redo has a receipt.', { id: entry.id });
  const { receipt } = entry;
  if (receipt !== null) return { ...entry, receipt };
  const why =
    entry.ended === 'not-made'
      ? 'It changed nothing, so there is no receipt.'
      : 'The journal has no receipt of it: Snapback stopped before it could write it.';
  throw new SnapbackError('usage', why, { id: entry.id });
}
