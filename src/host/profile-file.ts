import { join } from 'node:path';
import { hasSystemCode } from '../model/errors.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { defaultProfile, type Profile } from './profile.ts';
import { invalidProfile, parseProfile } from './profile-schema.ts';

export const PROFILE_FILE = 'snapback-profile.json';

const LARGEST_PROFILE_BYTES = 64 * 1024;

/**
 * Reads the profile that an application put into its data folder. Whatever the profile leaves out is taken from the
 * default profile, which also serves if there is none. The file is hostile input: its size is limited, types are exact,
 * and unknown keys are refused.
 * @throws `profile-invalid`; `io-failed` if reading fails for a reason that has nothing to do with the file
 */
export async function readProfile(dir: string): Promise<Profile> {
  const file = join(dir, PROFILE_FILE);
  const text = await readBounded(file);
  if (text === null) return defaultProfile;
  try {
    return parseProfile(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidProfile(file, 'valid JSON', 'something else', error);
    throw error;
  }
}

async function readBounded(file: string): Promise<string | null> {
  const bytes = await readBytes(file);
  if (bytes === null) return null;
  if (bytes === 'not-a-file') throw invalidProfile(file, 'a regular file', 'something else');
  if (bytes.length > LARGEST_PROFILE_BYTES)
    throw invalidProfile(file, `at most ${LARGEST_PROFILE_BYTES} bytes`, 'more');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalidProfile(file, 'UTF-8', 'other bytes', error);
  }
}

/** Reads at most one byte more than a profile may have. */
async function readBytes(file: string): Promise<Buffer | 'not-a-file' | null> {
  try {
    const { handle } = await openPlainFile(file);
    if (handle === null) return 'not-a-file';
    try {
      const bytes = Buffer.alloc(LARGEST_PROFILE_BYTES + 1);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    // Any other failure says nothing about the profile, so nobody should be told to remove it.
    if (!hasSystemCode(error, 'EACCES', 'EPERM')) throw error;
    throw invalidProfile(file, 'a readable file', 'one that cannot be read', error);
  }
}
