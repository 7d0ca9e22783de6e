import type { Random } from '../../src/demo/random.ts';

/** A world's rows, each a list of the columns in the schema's order. The same random numbers give the same rows. */
export type TableRows = {
  readonly table: string;
  readonly count: number;
  readonly row: (index: number) => readonly (string | number | null)[];
};

const WORDS =
  'the harbour was quiet and a light burned in the window while Zoë counted boats “again” über Straße naïve café 灯台 снег мир 🦉 nobody answered because rain fell on old wood she said remember this evening and leave your coat by the door before they come back from town'.split(
    ' ',
  );
const SPEAKERS = ['Zoë', 'Ada', 'Bo 🦉', 'Łukasz', 'narrator'];
const STAGES = ['mood', 'scene', 'memory'];
const KINDS = [
  'message',
  'message',
  'message',
  'message',
  'message',
  'edge_moved',
  'state_changed',
  'memory_kept',
];

/** Rows for a world with that many events; every other table's size follows from it. */
export function describeRows(events: number, random: Random): readonly TableRows[] {
  const share = (divisor: number) => Math.max(2, Math.round(events / divisor));
  const chats = share(1000);
  const bots = Math.min(40, share(100));
  const text = (words: number) => {
    const chosen: string[] = [];
    for (let left = words + random.between(-words >> 1, words >> 1); left > 0; left -= 1)
      chosen.push(random.pick(WORDS));
    return random.chance(0.05) ? `“${chosen.join(' ')}”\n\t\\ "end"` : chosen.join(' ');
  };
  const time = (index: number) =>
    `${new Date(1_767_225_600_000 + index * 7013).toISOString().slice(0, -1)}417+00:00`;
  // A division leaves all 53 bits in use, so that the number needs its 16 or 17 digits.
  const real = () => (random.next() - 0.3) / 3;
  const chat = () => `chat-${random.between(0, chats - 1)}`;
  const bot = () => `bot-${random.between(0, bots - 1)}`;
  const payload = (index: number) =>
    JSON.stringify({ chat_id: chat(), speaker: random.pick(SPEAKERS), turn: index, text: text(25) });
  return [
    {
      table: 'event_log',
      count: events,
      row: (i) => [i + 1, 1, time(i), random.pick(KINDS), payload(i), null, 0],
    },
    { table: 'bots', count: bots, row: (i) => [`bot-${i}`, `Bot ${i} ${random.pick(SPEAKERS)}`, text(60)] },
    { table: 'you_entity', count: 1, row: () => ['you', 'Zoë', text(30)] },
    { table: 'edges', count: share(30), row: (i) => [`bot-${i % bots}`, `entity-${i}`, real(), real()] },
    { table: 'chats', count: chats, row: (i) => [`chat-${i}`, text(5), time(i * 900)] },
    {
      table: 'memories',
      count: share(2),
      row: (i) => [i + 1, bot(), chat(), text(26), real(), time(i * 2), i * 2 + 1],
    },
    {
      table: 'chat_state',
      count: chats,
      row: (i) => [`chat-${i}`, JSON.stringify({ mood: random.pick(WORDS) }), real(), random.between(0, 900)],
    },
    { table: 'containers', count: share(300), row: (i) => [`container-${i}`, chat(), text(3)] },
    { table: 'scenes', count: share(100), row: (i) => [i + 1, chat(), text(6), time(i * 90), null] },
    {
      table: 'activity',
      count: share(60),
      row: () => [bot(), text(4), real(), time(random.between(0, events))],
    },
    {
      table: 'classifier_failures',
      count: share(300),
      row: (i) => [i + 1, chat(), random.pick(STAGES), text(12), time(i * 290)],
    },
  ];
}
