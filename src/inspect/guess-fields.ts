import type { FieldCandidate, FieldMeaning } from '../model/conversation.ts';

/*
 * Which fields mean what, told from examples: by the words in their names, and by what they hold. No name of any one
 * application is known here, and a guess is never taken for more than that: a person can correct it.
 */

/** The texts at each path of one event. */
export type Sample = ReadonlyMap<string, readonly string[]>;

const DEEPEST = 4;
const MOST_ELEMENTS = 8;
const MOST_PATHS = 200;
const LONGEST_EXAMPLE = 80;
const LONGEST_LOOKED_AT = 400;

export type Words = Readonly<Record<string, number>>;

const TEXT: Words = {
  ...{
    text: 6,
    content: 6,
    contents: 6,
    body: 6,
    message: 5,
    msg: 5,
    utterance: 5,
    said: 5,
    markdown: 4,
    reply: 3,
  },
  ...{ line: 3, prose: 4, prompt: 2, response: 2, answer: 2, value: 1, parts: 1, note: 1, description: 1 },
  ...{
    id: -6,
    title: -3,
    name: -3,
    type: -4,
    url: -4,
    kind: -4,
    role: -4,
    summary: -1,
    error: -3,
    system: -2,
  },
};
const SPEAKER: Words = {
  ...{
    speaker: 8,
    author: 7,
    sender: 7,
    from: 5,
    role: 5,
    who: 5,
    username: 5,
    nick: 5,
    nickname: 5,
    user: 4,
  },
  ...{ persona: 4, participant: 5, character: 4, member: 3, by: 3, actor: 4, name: 1, display: 1, id: -1 },
  ...{
    chat: -4,
    thread: -4,
    parent: -6,
    message: -2,
    type: -3,
    time: -6,
    at: -4,
    to: -3,
    model: -2,
    title: -3,
  },
};
const CHAT: Words = {
  ...{
    chat: 8,
    conversation: 8,
    conv: 7,
    convo: 7,
    thread: 7,
    room: 7,
    dialog: 7,
    dialogue: 7,
    session: 6,
    channel: 6,
  },
  ...{ topic: 3, stream: 3, aggregate: 3, group: 3, id: 1, key: 1, slug: 1, uid: 1, uuid: 1 },
  ...{
    title: -4,
    name: -3,
    parent: -8,
    reply: -8,
    message: -5,
    msg: -5,
    speaker: -6,
    user: -4,
    author: -6,
    at: -5,
  },
  ...{ type: -4, role: -5, state: -4, text: -6, mood: -4 },
};
const TIME: Words = {
  ...{
    time: 6,
    timestamp: 7,
    ts: 7,
    date: 5,
    datetime: 6,
    sent: 4,
    created: 4,
    at: 3,
    on: 1,
    when: 4,
    posted: 4,
  },
  ...{ updated: -1, edited: -2, deleted: -6, read: -3, expires: -6 },
};

/** Every path of a value that holds a text or a number, with what it holds. Lists are written `name[]`. */
export function sampleOf(members: Iterable<readonly [string, unknown]>): Sample {
  const found = new Map<string, string[]>();
  const visit = (path: string, value: unknown, depth: number): void => {
    if (typeof value === 'string' || typeof value === 'number') {
      const texts = found.get(path) ?? [];
      if (texts.length === 0 && found.size >= MOST_PATHS) return;
      found.set(path, texts);
      texts.push(String(value).slice(0, LONGEST_LOOKED_AT));
    } else if (Array.isArray(value) && depth <= DEEPEST) {
      // A list in a list is one level deeper; the objects of a list are on its own.
      const inner = path.endsWith('[]') ? depth + 1 : depth;
      for (const element of value.slice(0, MOST_ELEMENTS)) visit(`${path}[]`, element, inner);
    } else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
      for (const [name, member] of Object.entries(value).slice(0, MOST_PATHS))
        visit(`${path}.${name}`, member, depth + 1);
    }
  };
  for (const [name, value] of members) visit(name, value, 1);
  return found;
}

type Facts = {
  readonly path: string;
  /** In how many of the events that count. */
  readonly events: number;
  readonly share: number;
  readonly distinct: number;
  readonly length: number;
  /** How many of its values have several words. */
  readonly wordy: number;
  readonly timely: number;
};

/** The field that most likely means this in the examples; null where none is likely. `text`: the field of the text, once it is known. */
export function guessField(
  meaning: FieldMeaning,
  samples: readonly Sample[],
  text: readonly string[] = [],
): string | null {
  const counted = meaning === 'text' ? samples : speaking(samples, text);
  let best: string | null = null;
  let most = 0;
  for (const path of new Set(counted.flatMap((sample) => [...sample.keys()]))) {
    if (meaning !== 'text' && text.includes(path)) continue;
    const score = SCORES[meaning](factsOf(path, counted));
    if (score > most) [best, most] = [path, score];
  }
  return best;
}

/** The fields of the examples, those in most events first, each with an example. */
export function candidatesOf(samples: readonly Sample[]): readonly FieldCandidate[] {
  const counts = new Map<string, { events: number; example: string }>();
  for (const sample of samples)
    for (const [path, [first = '']] of sample) {
      const known = counts.get(path);
      if (known === undefined) counts.set(path, { events: 1, example: first.slice(0, LONGEST_EXAMPLE) });
      else known.events += 1;
    }
  return [...counts]
    .toSorted(([, a], [, b]) => b.events - a.events)
    .slice(0, MOST_PATHS)
    .map(([field, { example }]) => ({ field, example }));
}

/** The events that say something; all of them where none does. */
function speaking(samples: readonly Sample[], text: readonly string[]): readonly Sample[] {
  const found = samples.filter((sample) => text.some((path) => sample.has(path)));
  return found.length === 0 ? samples : found;
}

function factsOf(path: string, samples: readonly Sample[]): Facts {
  const values = samples.flatMap((sample) => sample.get(path) ?? []);
  const events = samples.filter((sample) => sample.has(path)).length;
  const share = (is: (value: string) => boolean) => values.filter(is).length / Math.max(1, values.length);
  return {
    path,
    events,
    share: events / Math.max(1, samples.length),
    distinct: new Set(values).size,
    length: values.reduce((sum, value) => sum + value.length, 0) / Math.max(1, values.length),
    wordy: share((value) => /\S\s+\S/u.test(value) || /[\p{Lo}]{4}/u.test(value)),
    timely: share(isTime),
  };
}

/** The words of a path's last two names count: of `author.display_name`, the author matters as much as the name. */
export function wordScore(path: string, words: Words): number {
  const steps = path.replaceAll('[]', '').split('.').slice(-2);
  const scores = steps.map((step) =>
    step
      .split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)
      .reduce((sum, word) => sum + (words[word.toLowerCase()] ?? 0), 0),
  );
  const [last = 0] = scores.slice(-1);
  const [before = 0] = scores.slice(0, -1);
  return last + before / 2;
}

function isTime(value: string): boolean {
  if (/^\d{4}-\d\d-\d\d/.test(value)) return !Number.isNaN(Date.parse(value));
  return /^\d{10}(?:\d{3})?(?:\.\d+)?$/.test(value);
}

const SCORES: { readonly [M in FieldMeaning]: (facts: Facts) => number } = {
  text(facts) {
    const named = wordScore(facts.path, TEXT);
    if (facts.timely > 0.5 || (named <= 0 && facts.wordy < 0.5)) return 0;
    // A text says something else each time, in several words.
    const varied = facts.distinct > facts.events / 4 ? 1 : -4;
    return (
      named + facts.wordy * 4 + Math.min(3, Math.log2(1 + facts.length) / 2) + varied + facts.share * 2 - 4
    );
  },
  speaker(facts) {
    const named = wordScore(facts.path, SPEAKER);
    if (named <= 0 || facts.timely > 0.5 || facts.length > 60) return 0;
    const few = facts.distinct <= Math.max(2, facts.events / 2) ? 1 : -3;
    return named + few + facts.share * 2;
  },
  chat(facts) {
    const named = wordScore(facts.path, CHAT);
    if (named < 3 || facts.timely > 0.5 || facts.share < 0.5) return 0;
    const shared = facts.events < 5 || facts.distinct < facts.events * 0.9 ? 1 : -6;
    return named + shared + facts.share * 2;
  },
  time(facts) {
    const named = wordScore(facts.path, TIME);
    return named <= 0 || facts.timely < 0.8 || facts.share < 0.5 ? 0 : named + facts.share * 2;
  },
};
