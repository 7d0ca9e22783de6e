import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { listKind } from './judge.ts';

const HOUR_MS = 3_600_000;

/** Puts older copies of the newest checkpoint beside it, an hour apart. */
export function addCheckpoints(dir: string, number: number): void {
  const [newest = ''] = listKind(dir, 'periodic');
  for (let at = 0; at < number; at += 1) {
    const name = new Date(Date.UTC(2026, 0, 1) + at * HOUR_MS)
      .toISOString()
      .slice(0, 19)
      .replace(/[-:]/g, '');
    copyFileSync(join(dir, 'snapshots', `${newest}.json`), join(dir, 'snapshots/periodic', `${name}Z.json`));
  }
}
