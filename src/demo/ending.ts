import type { DemoEvent } from './schema.ts';

/**
 * The scene that the demo's mistaken rewind takes away, and what was written in another chat since then. Both are written
 * out, so that what comes back is worth reading.
 */

const chat_id = 'lighthouse';

const say = (speaker: string, text: string): DemoEvent => ({ kind: 'message', chat_id, speaker, text });
const keep = (bot_id: string, significance: number, memory: string): DemoEvent => ({
  kind: 'memory_kept',
  chat_id,
  bot_id,
  memory,
  significance,
});
const move = (source_id: string, target_id: string, affinity: number, trust: number): DemoEvent => ({
  kind: 'edge_moved',
  chat_id,
  source_id,
  target_id,
  affinity,
  trust,
});

export const lostScene: readonly DemoEvent[] = [
  say(
    'Robin',
    'I put the sealed letter on the table between us. “You kept it for nineteen years. Open it, or tell me why not.”',
  ),
  { kind: 'scene_opened', chat_id, container_id: 'lighthouse/lamp-room', title: 'The sealed letter' },
  say(
    'Mara',
    'Mara lets the wick burn down a finger’s width before she answers. “Because as long as it is closed, he might still be alive.”',
  ),
  keep('mara', 0.9, 'Robin put the letter on the table and did not look away.'),
  say('Robin', '“Your brother.”'),
  say(
    'Mara',
    '“My brother. He rowed out on the ninth of February for a boat that was never there. The light was dark for eleven minutes that night.”',
  ),
  keep('mara', 0.95, 'I said the date aloud. Nobody had ever asked me for it.'),
  say('Robin', '“Why was it dark?”'),
  say('Mara', 'Mara looks at her hands. “I slept. That is all. I was twenty-two, and I slept.”'),
  keep('mara', 0.98, 'I told Robin that I slept.'),
  move('mara', 'you', 0.64, 0.81),
  say(
    'Robin',
    'I do not say that it was not her fault. I carry my chair around the table and sit down next to her.',
  ),
  keep('mara', 0.97, 'Robin did not say that it was not my fault. They moved their chair.'),
  say(
    'Old Tam',
    'Old Tam stands in the door with his cap in both hands. “It was not you, girl. I should have said so long ago.”',
  ),
  say('Mara', '“You were here?”'),
  say(
    'Old Tam',
    '“I took the second lamp ashore that week to be mended. I told the board it was back in its place. It was not.”',
  ),
  keep('tam', 0.99, 'I said it at last. Nineteen years, and it took one sentence.'),
  keep('mara', 0.99, 'The second lamp was never there. Tam had taken it ashore.'),
  { kind: 'mood_changed', chat_id, mood: 'raw' },
  say('Robin', '“Then the letter—”'),
  say('Old Tam', '“Is mine. I wrote it the morning after and had not the courage to hand it to her.”'),
  {
    kind: 'activity_changed',
    chat_id,
    entity_id: 'tam',
    container_id: 'lighthouse/lamp-room',
    doing: 'standing in the door, cap in hand',
  },
  say(
    'Mara',
    'Mara breaks the seal with her thumbnail. She reads it twice, the second time with her lips moving.',
  ),
  keep('tam', 0.92, 'She read it twice and did not throw me out.'),
  say('Robin', '“What does it say?”'),
  say(
    'Mara',
    '“It says where he hid the second key.” She lifts the storm glass. Under it, bright as new, lies the brass key.',
  ),
  keep('mara', 0.88, 'The brass key was under the storm glass all along.'),
  say('Robin', 'I hold out my hand, and then I take it back. “It is yours.”'),
  say('Mara', '“Ours, I think. There is a room below the boathouse that has been locked since that night.”'),
  keep('mara', 0.9, 'I said “ours” about the key, and meant it.'),
  move('mara', 'tam', 0.22, 0.47),
  say('Old Tam', '“Then let us row there now, before I lose my nerve and the tide both.”'),
  keep('tam', 0.8, 'They let me row.'),
  say('Robin', 'I take the lantern from its hook. “Show me.”'),
  move('tam', 'you', 0.58, 0.7),
  keep('mara', 0.93, 'We are going down there together, and the light stays on.'),
  say(
    'Mara',
    '“One thing first.” Mara winds the clockwork of the lamp, checks it, and checks it again. “Nobody sleeps tonight.”',
  ),
];

/** Three messages in another chat after the rewind, which a restore of the whole database would remove. */
export const writtenSince: readonly DemoEvent[] = [
  {
    kind: 'message',
    chat_id: 'harbour',
    speaker: 'Robin',
    text: '“We should leave before the tide turns. The night ferry will not wait for us twice.”',
  },
  {
    kind: 'message',
    chat_id: 'harbour',
    speaker: 'Ines',
    text: 'Ines closes the blue ledger. “Pier Nine at five, then. Bring the crate, and bring nobody else.”',
  },
  { kind: 'message', chat_id: 'harbour', speaker: 'Robin', text: '“Five it is. Good night.”' },
];
