import type { Yielder } from '../system/yielder.ts';
import { you } from './cast.ts';
import { casts } from './casts.ts';
import { lostScene, writtenSince } from './ending.ts';
import type { DemoHost } from './host.ts';
import type { Random } from './random.ts';
import type { DemoEvent } from './schema.ts';
import { type ChatLife, createChatLife } from './session.ts';

export type DemoWorld = {
  readonly host: DemoHost;
  readonly random: Random;
  readonly now: Date;
  readonly dataDir: string;
  readonly yielder: Yielder;
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS = 35;
/** Intended rewinds, in days before now: one older than the 14 days for which its snapshot is kept, one with two days left, one whose file gets cut off. */
const MEANT_REWINDS = { past: 15, leaving: 12, damaged: 11 } as const;
/** The host's remaining checkpoints, in minutes before now: at most 100 events and at least 30 minutes apart. */
const CHECKPOINTS: readonly number[] = [137, 106, 74.5, 43.5, 12];
/** When the lost scene begins and ends, in minutes before now. The mistake follows, then three messages elsewhere. */
const LOST_SCENE = { from: 60, to: 29.5 } as const;
const MISTAKE = 28;
const SINCE: readonly number[] = [24, 18.5, 13];

/**
 * Lives through the demo's weeks: chats on most days, three intended rewinds, then the mistaken one and what came after
 * it. Returns the path of the snapshot that is to be damaged.
 */
export async function liveDemoWorld(world: DemoWorld): Promise<string> {
  const { host, random, now, dataDir, yielder } = world;
  const lives = casts.map((cast) => createChatLife(cast, you.name, random));
  const before = (minutes: number): Date => new Date(now.getTime() - minutes * MINUTE);
  const start = new Date(now.getTime() - DAYS * DAY);
  host.append(start, { kind: 'you_set', ...you });
  for (const life of lives) for (const event of life.begin()) host.append(start, event);

  let damaged = '';
  for (let day = DAYS - 1; day >= 1; day -= 1) {
    await yielder.step();
    yielder.report({ phase: 'build', done: DAYS - 1 - day, total: DAYS, unit: 'steps', cancellable: true });
    const meant = Object.values(MEANT_REWINDS).some((then) => then === day);
    const sessions = meant ? 2 : random.between(0, 4);
    let at = before(day * 24 * 60 + sessions * 60);
    for (let session = 0; session < sessions; session += 1) {
      const life = random.pick(lives);
      const until = new Date(at.getTime() + random.between(18, 32) * MINUTE);
      const ids = [...sitThrough(world, life, { from: at, until })];
      at = new Date(until.getTime() + random.between(4, 24) * MINUTE);
      if (!meant || session + 1 < sessions) continue;
      const file = await host.snapshot(until, 'rewind', dataDir);
      host.rewind(afterwards(until), life.cast.id, ids.at(-random.between(5, 9)) ?? 0);
      if (day === MEANT_REWINDS.damaged) damaged = file;
    }
  }
  await liveLastHours(world, lives, before);
  yielder.report({ phase: 'build', done: DAYS, total: DAYS, unit: 'steps', cancellable: true });
  return damaged;
}

async function liveLastHours(
  world: DemoWorld,
  lives: readonly ChatLife[],
  before: (minutes: number) => Date,
): Promise<void> {
  const { host, dataDir } = world;
  const [lighthouse, harbour, , orchard] = lives;
  if (lighthouse === undefined || harbour === undefined || orchard === undefined)
    throw new TypeError('The demo lacks a chat.');
  const [first = 0, second = 0, third = 0, fourth = 0, last = 0] = CHECKPOINTS;
  const checkpoint = (minutes: number): Promise<string> =>
    host.snapshot(before(minutes), 'periodic', dataDir);
  const sit = (life: ChatLife, from: number, until: number): number =>
    [...sitThrough(world, life, { from: before(from), until: before(until) })].at(-1) ?? 0;

  sit(orchard, 170, first);
  await checkpoint(first);
  sit(orchard, first, second);
  await checkpoint(second);
  sit(harbour, second, third);
  await checkpoint(third);
  const keptUpTo = sit(lighthouse, third, LOST_SCENE.from + 0.5);

  const step = (LOST_SCENE.from - LOST_SCENE.to) / lostScene.length;
  const timed = lostScene.map((event, index): [number, DemoEvent] => [LOST_SCENE.from - index * step, event]);
  for (const [minutes, event] of timed) if (minutes > fourth) host.append(before(minutes), event);
  await checkpoint(fourth);
  for (const [minutes, event] of timed) if (minutes <= fourth) host.append(before(minutes), event);

  await host.snapshot(before(MISTAKE), 'rewind', dataDir);
  host.rewind(afterwards(before(MISTAKE)), lighthouse.cast.id, keptUpTo);
  for (const [index, event] of writtenSince.entries()) host.append(before(SINCE[index] ?? last), event);
  await checkpoint(last);
}

/** Lets one session happen between two moments, with a pause for reading and typing after each line. Yields the events' ids. */
function* sitThrough(
  { host, random }: DemoWorld,
  life: ChatLife,
  { from, until }: { readonly from: Date; readonly until: Date },
): Generator<number> {
  let at = from.getTime();
  for (const event of life.sit()) {
    if (at >= until.getTime()) return;
    yield host.append(new Date(at), event);
    at += random.between(14, 52) * 1000;
  }
}

function afterwards(moment: Date): Date {
  return new Date(moment.getTime() + 1000);
}
