import { earlierWords, happenedWords } from '../../words/happened.ts';
import { firstWay, withoutNewerWords } from '../../words/since.ts';
import { storyText } from '../../words/story.ts';
import type { Happened, SaidMessage, Way } from '../model/happened.ts';
import type { Rules } from '../model/rules.ts';
import { toPrintable } from './text.ts';

/** What happened, the last lost messages, and the commands that bring them back, as text for people. */
export function describeHappened(happened: Happened, rules: Rules, now: Date): readonly string[] {
  const { heading, note } = happenedWords(happened, rules, now);
  const told = [...heading, note].filter((story) => story.length > 0).map(storyText);
  const before =
    happened.state === 'recorded'
      ? ['', ...describeWays(happened.way, 'To go back to before the record')]
      : happened.state === 'unplaced'
        ? ['', `To see what differs: snapback diff ${happened.way?.snapshotId ?? 'ID'}`]
        : [];
  if (!('loss' in happened)) return [...told, ...before].map(toPrintable);
  const { loss } = happened;
  const earlier = happened.state === 'several' ? happened.earlier : [];
  return [
    ...told,
    ...(loss.lastMessages.length === 0 ? [] : ['', 'The last of them']),
    ...loss.lastMessages.map(describeMessage),
    '',
    ...describeWays(loss, 'To bring them back'),
    ...earlier.map(
      (way, index) => `${earlierWords(way, index + 2, now).what}: snapback restore ${way.snapshotId}`,
    ),
  ].map(toPrintable);
}

/** The first one loses nothing. */
function describeWays(way: Way, goal: string): readonly string[] {
  const without = withoutNewerWords(way);
  const restore = `snapback restore ${way.snapshotId}`;
  return without === null
    ? [`${goal}: ${restore}`]
    : [
        `${goal}: ${restore} ${firstWay(way) === 'both' ? '--merge' : '--keep-newer'}`,
        `${without.replace(/…$/, '')}: ${restore}`,
      ];
}

function describeMessage({ speaker, text }: SaidMessage): string {
  const said = text.replaceAll(/\s+/gu, ' ').trim();
  return speaker === null ? `  ${said}` : `  ${speaker}: ${said}`;
}
