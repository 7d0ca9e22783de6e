import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { openDataFolder } from '../../../src/index.ts';
import { openSnapshotFile } from '../../../src/snapshot-files.ts';
import { readSnapshot } from '../../../src/snapshot-reader.ts';

/** Writes a host's snapshot of so many megabytes, row by row, reads all of it, and prints rows, bytes and the memory it took. */
const [dir = '', megabytes = '0', rowBytes = '400'] = process.argv.slice(2);
const id = 'rewind/20260101T000000Z';
const file = `${dir}/snapshots/${id}.json`;
const out = openSync(file, 'w');
writeSync(out, '{"last_event_id": 1, "event_log": [');
const row = `{"id": 1, "kind": "message", "payload_json": "${'x'.repeat(Number(rowBytes))}"}`;
const perBatch = Math.max(1, Math.floor((1 << 20) / row.length));
const batch = Array.from({ length: perBatch }, () => row).join(', ');
let rows = 0;
for (let written = 0; written < Number(megabytes) * 2 ** 20; written += batch.length) {
  writeSync(out, (rows === 0 ? '' : ', ') + batch);
  rows += perBatch;
}
writeSync(out, ']}');
closeSync(out);

const opened = await openSnapshotFile(await openDataFolder(dir), id);
let found = 0;
for await (const part of readSnapshot(opened, new Set(['event_log']), {}))
  if (part.type === 'rows') found += part.rows.length;
await opened.handle.close();
const { size } = statSync(file);
rmSync(file);
const memoryMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
writeSync(1, `${JSON.stringify({ complete: found === rows, size, memoryMegabytes })}\n`);
