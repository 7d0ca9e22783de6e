import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildHost } from './content.ts';
import { hosts } from './hosts.ts';
import { askSeed, seedMissing } from './seed.ts';

/** Lets the seed write the committed sample files again: `node test/interop/write-samples.ts`. */
if (seedMissing !== null) throw new Error(seedMissing);
const target = fileURLToPath(new URL('../samples/seed/', import.meta.url));
const dir = await mkdtemp(join(tmpdir(), 'snapback-samples-'));
await mkdir(target, { recursive: true });
for (const host of hosts) {
  const databaseFile = join(dir, `${host.name}.db`);
  buildHost(databaseFile, host, 'before');
  const written = askSeed('take', { dir, databaseFile }, [host.name]);
  await copyFile(String(written), join(target, `${host.name}.json`));
}
await rm(dir, { recursive: true });
