import type { Bot, Cast } from './cast.ts';
import * as phrases from './phrases.ts';
import type { Random } from './random.ts';

/** Composes the lines of one chat. */
export type Writer = {
  readonly writeYourLine: () => string;
  readonly writeBotLine: (bot: Bot) => string;
  readonly writeMemory: (bot: Bot) => string;
  readonly writeSceneTitle: () => string;
};

const YOUR_FRAMES: readonly string[] = [
  '“{question}”',
  'I {act}. “{question}”',
  '“{remark}”',
  '“{remark}” I {act}.',
  '{air} “{question}”',
  '“{remark} {question}”',
  'I {act} and say nothing.',
];

const BOT_FRAMES: readonly string[] = [
  '{habit} “{saying}”',
  '“{saying}” {habit}',
  '“{saying}”',
  '{air} {habit} “{saying}”',
  '“{answer} {saying}”',
  '{habit} “{answer} {saying}”',
  '“{answer}” {habit} “{saying}”',
];

/** Creates the writer of a chat; its lines depend on `random` alone. No phrase repeats before all others of its kind were used. */
export function createWriter(cast: Cast, random: Random): Writer {
  const draw = createBags(random);

  const write = (templates: readonly string[], bot: Bot | null): string => {
    const other = cast.bots.find((one) => one !== bot) ?? cast.bots[0];
    const slots: Readonly<Record<string, readonly string[]>> = {
      question: phrases.yourQuestions,
      remark: phrases.yourRemarks,
      act: cast.acts,
      air: cast.air,
      answer: phrases.botAnswers,
      habit: [...(bot?.habits ?? []), ...phrases.botHabits],
      saying: [...(bot?.sayings ?? []), ...phrases.botSayings],
      thing: cast.things,
      place: cast.places,
      name: [bot?.name ?? ''],
      other: [other.name],
    };
    let text = random.pick(templates);
    for (let slot = findSlot(text); slot !== null; slot = findSlot(text))
      text = text.replace(`{${slot}}`, draw(`${bot?.id ?? ''} ${slot}`, slots[slot] ?? []));
    return text;
  };

  return {
    writeYourLine: () => write(YOUR_FRAMES, null),
    writeBotLine: (bot) => write(BOT_FRAMES, bot),
    writeMemory: (bot) => write([draw(`${bot.id} memory`, phrases.memories)], bot),
    writeSceneTitle: () => write([draw('scene', phrases.sceneTitles)], null),
  };
}

function findSlot(text: string): string | null {
  return /\{(\w+)\}/.exec(text)?.[1] ?? null;
}

/** Draws from named bags: each phrase of a bag once, in random order, before any repeats. */
function createBags(random: Random): (bag: string, phrases: readonly string[]) => string {
  const bags = new Map<string, string[]>();
  return (bag, all) => {
    const left = bags.get(bag) ?? [];
    if (left.length === 0) left.push(...all);
    bags.set(bag, left);
    const drawn = random.pick(left);
    left.splice(left.indexOf(drawn), 1);
    return drawn;
  };
}
