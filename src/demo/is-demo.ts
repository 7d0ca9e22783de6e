import { join } from 'node:path';
import { OWN } from '../host/folders.ts';
import { hasSystemCode } from '../model/errors.ts';
import { stat } from '../system/files.ts';

/** Where in its folder a demo that is complete has its mark, and its database. */
export const MARKER = join(OWN, 'demo.json');
export const DATABASE = 'chat.db';

/** Whether a data folder is a demo that `buildDemo` completed. @throws `io-failed` */
export async function isDemo(dir: string): Promise<boolean> {
  return (await isFile(join(dir, MARKER))) && (await isFile(join(dir, DATABASE)));
}

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}
