import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { openDataFolder } from '../../../src/index.ts';
import { readSnapshot } from '../../../src/snapshot-file/reader.ts';
import { openSnapshotFile } from '../../../src/snapshots/open-file.ts';

/**
 * Writes a host's snapshot of so many megabytes, row by row, reads all of it, and prints whether it was
 * complete, its size, and the most memory that this process ever had.
 */
const [dir = '', megabytes = '0', rowBytes = '400'] = process.argv.slice(2);
const id = 'rewind/20260101T000000Z';
const file = `${dir}/snapshots/${id}.json`;
const payload = 'x'.repeat(Number(rowBytes));

function writeRows(): number {
  const out = openSync(file, 'w');
  writeSync(out, '{"last_event_id": 1, "event_log": [');
  let rows = 0;
  for (let written = 0; written < Number(megabytes) * 2 ** 20; ) {
    let batch = '';
    while (batch.length < 1 << 20) {
      rows += 1;
      batch += `${rows === 1 ? '' : ', '}{"id": ${rows}, "kind": "message", "payload_json": "${payload}"}`;
    }
    written += writeSync(out, batch);
  }
  writeSync(out, ']}');
  closeSync(out);
  return rows;
}

async function countRows(): Promise<number> {
  const folder = await openDataFolder(dir);
  const opened = await openSnapshotFile(folder, id);
  let rows = 0;
  for await (const part of readSnapshot(opened, new Set(['event_log']), {}))
    if (part.type === 'rows') rows += part.count;
  await opened.handle.close();
  return rows;
}

const rows = writeRows();
const complete = (await countRows()) === rows;
const { size } = statSync(file);
rmSync(file);
const memoryMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
writeSync(1, `${JSON.stringify({ complete, size, memoryMegabytes })}\n`);
