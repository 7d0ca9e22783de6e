import { tidy } from './durable.ts';
import { rename, unlink, writeFile } from './files.ts';

/**
 * Gives a file new contents in one step, readable only for its owner. `draft` is a free name in the same folder. Nothing is
 * forced to the disk. @throws as `files.ts`; then the file is as before, and there is no draft
 */
export async function replaceFile(target: string, draft: string, text: string): Promise<void> {
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await rename(draft, target);
  } catch (error) {
    await tidy(() => unlink(draft));
    throw error;
  }
}
