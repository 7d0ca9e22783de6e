import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const src = resolve(import.meta.dirname, '../../src');

/** Loads all of the core, also what it fetches only when it is needed: for a process that may not read the checkout later. */
export async function loadParts(): Promise<void> {
  for (const file of globSync('*/*.ts', { cwd: src }))
    if (!file.startsWith('cli')) await import(pathToFileURL(join(src, file)).href);
}
