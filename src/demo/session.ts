import type { Bot, Cast } from './cast.ts';
import type { Random } from './random.ts';
import type { DemoEvent } from './schema.ts';
import { createWriter } from './text.ts';

/** Composes the sessions of one chat. It remembers what was said and felt, so a chat keeps one for its whole life. */
export type ChatLife = {
  readonly cast: Cast;
  /** The events before the first message: the chat, its places, and how everybody feels about each other at first. */
  readonly begin: () => Generator<DemoEvent>;
  /** One session that never ends by itself: the caller decides when to stop. */
  readonly sit: () => Generator<DemoEvent>;
};

type Feeling = { affinity: number; trust: number };

const MOODS = ['calm', 'playful', 'wary', 'tender', 'restless', 'hopeful', 'tired'] as const;
const DOINGS = [
  'waiting',
  'working with both hands',
  'pacing',
  'sitting by the window',
  'half asleep',
  'listening',
  'on the way out',
] as const;
const FAILURES = [
  ['mood', 'timed out after 8 s'],
  ['mood', 'reply was not JSON'],
  ['significance', 'score 14 is out of range'],
  ['scene', 'timed out after 8 s'],
] as const;

/** The id of a place in a chat, for example `lighthouse/lamp-room`. */
function placeId(cast: Cast, place: string): string {
  const slug = place
    .toLowerCase()
    .replace(/^the /, '')
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '-');
  return `${cast.id}/${slug}`;
}

/** Creates the life of a chat, which depends on `random` alone. `yourName` is the speaker of the person's lines. */
export function createChatLife(cast: Cast, yourName: string, random: Random): ChatLife {
  const writer = createWriter(cast, random);
  const chat_id = cast.id;
  const [lead, second] = cast.bots;
  const somewhere = (): string => placeId(cast, random.pick(cast.places));
  const feelings = new Map<string, Feeling>();

  const moveEdge = (source_id: string, target_id: string): DemoEvent => {
    const key = `${source_id} ${target_id}`;
    const feeling = feelings.get(key) ?? { affinity: 0, trust: 0 };
    feeling.affinity = nudge(feeling.affinity, random);
    feeling.trust = nudge(feeling.trust, random);
    feelings.set(key, feeling);
    return { kind: 'edge_moved', chat_id, source_id, target_id, ...feeling };
  };

  const settle = (bot: Bot): DemoEvent => ({
    kind: 'activity_changed',
    chat_id,
    entity_id: bot.id,
    container_id: somewhere(),
    doing: random.pick(DOINGS),
  });

  function* answer(bot: Bot, remembers: number): Generator<DemoEvent> {
    yield { kind: 'message', chat_id, speaker: bot.name, text: writer.writeBotLine(bot) };
    if (random.chance(remembers))
      yield {
        kind: 'memory_kept',
        chat_id,
        bot_id: bot.id,
        memory: writer.writeMemory(bot),
        significance: random.between(10, 95) / 100,
      };
    if (random.chance(0.12))
      yield moveEdge(bot.id, random.chance(0.7) ? 'you' : bot === lead ? second.id : lead.id);
  }

  return {
    cast,
    *begin() {
      yield { kind: 'chat_created', chat_id, title: cast.title };
      for (const { id: bot_id, name, persona } of cast.bots)
        yield { kind: 'bot_created', bot_id, name, persona };
      for (const name of cast.places)
        yield { kind: 'container_added', chat_id, container_id: placeId(cast, name), name };
      for (const bot of cast.bots) {
        yield moveEdge(bot.id, 'you');
        yield moveEdge('you', bot.id);
        yield settle(bot);
      }
      yield moveEdge(lead.id, second.id);
      yield moveEdge(second.id, lead.id);
    },
    *sit() {
      yield { kind: 'scene_opened', chat_id, container_id: somewhere(), title: writer.writeSceneTitle() };
      for (;;) {
        yield { kind: 'message', chat_id, speaker: yourName, text: writer.writeYourLine() };
        yield* answer(lead, 0.38);
        if (random.chance(0.35)) yield* answer(second, 0.25);
        if (random.chance(0.05)) yield { kind: 'mood_changed', chat_id, mood: random.pick(MOODS) };
        if (random.chance(0.04)) yield settle(random.pick(cast.bots));
        if (random.chance(0.01)) {
          const [stage, error] = random.pick(FAILURES);
          yield { kind: 'classifier_failed', chat_id, stage, error };
        }
      }
    },
  };
}

function nudge(value: number, random: Random): number {
  const moved = Math.round((value + random.between(-6, 11) / 100) * 100) / 100;
  return Math.min(1, Math.max(-1, moved));
}
