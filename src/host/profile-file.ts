import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FieldCorrection, FieldMeaning } from '../model/conversation.ts';
import { hasSystemCode } from '../model/errors.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { explainWriteError } from '../system/refusals.ts';
import { replaceFile } from '../system/replace-file.ts';
import { invalidProfile, parseProfile } from './parse-profile.ts';
import { type ChatFields, defaultProfile, type Profile } from './profile.ts';

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

const FIELD_KEYS = {
  chat: 'payloadChat',
  speaker: 'payloadSpeaker',
  text: 'payloadText',
  time: 'payloadTime',
} as const satisfies { readonly [M in FieldMeaning]: keyof ChatFields };

/**
 * Writes what a person says that the fields of events mean into the profile of a data folder, and makes one if there is
 * none. Everything else in it stays. @throws `profile-invalid`, `folder-read-only`, `disk-full`, `io-failed`; then the file
 * is as before
 */
export async function saveFields(dir: string, correction: FieldCorrection): Promise<void> {
  const file = join(dir, PROFILE_FILE);
  const current = await readProfile(dir);
  const source: unknown = JSON.parse((await readBounded(file)) ?? '{}');
  const said = Object.entries(FIELD_KEYS).flatMap(([meaning, key]) => {
    const field = correction[meaning as FieldMeaning];
    return field === null ? [] : [[key, [field]]];
  });
  const now: object = memberOf(source, 'chat');
  // A key says where the chat is in the fields that the profile names, and in no other.
  const isOther = correction.chat !== null && !current.chat.payloadChat.includes(correction.chat);
  const chat = {
    ...now,
    ...Object.fromEntries(said),
    ...(isOther && current.chat.chatKey !== null && { chatKey: null }),
  };
  const profile = { ...(typeof source === 'object' ? source : {}), chat };
  parseProfile(profile);
  try {
    const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.draft`;
    await replaceFile(file, draft, `${JSON.stringify(profile, null, 2)}\n`);
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

function memberOf(source: unknown, name: string): object {
  const member: unknown = typeof source === 'object' && source !== null ? Reflect.get(source, name) : null;
  return typeof member === 'object' && member !== null ? member : {};
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
