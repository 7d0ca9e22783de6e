import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeDir, type Place } from '../support/place.ts';
import { seedFile } from './seed.ts';

/** The forms of its tables, and the ways in which it takes a chat back. */
export const SCHEMAS = ['plain', 'keys', 'composite'] as const;
export const WAYS = ['flags', 'deletes', 'appends'] as const;

export type ReplayingHost = {
  readonly schema: (typeof SCHEMAS)[number];
  readonly way: (typeof WAYS)[number];
  readonly place: Place;
};

/** An event that it is told to append. */
type Told = readonly [kind: string, payload: Readonly<Record<string, string | number>>];

/** What it can be asked to do, one after the other. */
export type Command =
  | readonly ['create' | 'skip' | 'start' | 'dump']
  | readonly ['append', ...Told[]]
  | readonly ['snapshot', kind: 'rewind' | 'periodic']
  | readonly ['rewind', chat: string, target: number];

/** A new one in a folder of its own; nothing is in its log yet. */
export async function createHost(root: string, given: Omit<ReplayingHost, 'place'>): Promise<ReplayingHost> {
  const dir = await makeDir(root);
  const host = { ...given, place: { dir, databaseFile: join(dir, 'app.db') } };
  await ask(host, ['create']);
  return host;
}

const program = fileURLToPath(new URL('./replaying-host.py', import.meta.url));

/** Starts it, lets it carry out the commands and waits for its end; the result of each. */
export async function ask(
  { schema, way, place: { dir, databaseFile } }: ReplayingHost,
  ...commands: readonly Command[]
): Promise<readonly unknown[]> {
  const args = [program, seedFile, schema, way, databaseFile, dir, JSON.stringify(commands)];
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return JSON.parse((await promisify(execFile)('python3', args, { env })).stdout);
}

/** Two chats that take turns: twelve events. */
export const OLD: readonly Told[] = [
  ['bot', { bot: 'ada', name: 'Ada' }],
  ['chat', { chat_id: 'c1', title: 'Harbour' }],
  ['chat', { chat_id: 'c2', title: 'Garden' }],
  ['message', { chat_id: 'c1', speaker: 'Zoë', text: 'The fog is in.' }],
  ['message', { chat_id: 'c2', speaker: 'Zoë', text: 'Beans are up.' }],
  ['memory', { chat_id: 'c1', text: 'Zoë watches the fog' }],
  ['message', { chat_id: 'c1', speaker: 'Ada', text: 'Then we wait.' }],
  ['message', { chat_id: 'c1', speaker: 'Zoë', text: 'I found the chart!' }],
  ['memory', { chat_id: 'c1', text: 'there is a chart' }],
  ['renamed', { chat_id: 'c1', title: 'Harbour, with a chart' }],
  ['message', { chat_id: 'c2', speaker: 'Ada', text: 'So are the peas.' }],
  ['message', { chat_id: 'c1', speaker: 'Ada', text: 'Read it to me “slowly”.' }],
];

/** What is written after the rewind, in the chat that was rewound, in the other and in a new one; and an earlier message is edited. */
export const NEW: readonly Told[] = [
  ['message', { chat_id: 'c1', speaker: 'Zoë', text: 'Where is everything?' }],
  ['message', { chat_id: 'c2', speaker: 'Zoë', text: 'Picked the first beans. 🫘' }],
  ['chat', { chat_id: 'c3', title: 'Kitchen' }],
  ['message', { chat_id: 'c3', speaker: 'Ada', text: 'Soup?' }],
  ['memory', { chat_id: 'c3', text: 'soup is planned' }],
  ['edited', { chat_id: 'c2', of: 5, speaker: 'Zoë', text: 'Beans and peas are up.' }],
];
