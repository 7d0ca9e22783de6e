import type { OnlyCopy, PrunePlan, PutBack } from '../src/model/prune.ts';
import { explain, type Failure } from './errors.ts';
import { formatMoment } from './moments.ts';
import { choose, count } from './plurals.ts';

type Stay = PrunePlan['stays'][number];

const STAY_WORDS: { readonly [R in Stay['reason']]: string } = {
  'needed-by-undo': 'needed for Undo',
  'needed-at-next-start': 'used at the chat app’s next start',
  'safety-copy-too-young': 'recent safety copies are kept',
  unreadable: 'can’t be read, so it is kept',
};

/** Why a snapshot stays although it was selected. */
export function stayWords(reason: Stay['reason']): string {
  return STAY_WORDS[reason];
}

/** Why a snapshot would be removed. */
export function reasonWords(reason: PrunePlan['goes'][number]['reason']): string {
  switch (reason) {
    case 'beyond-newest':
      return 'not one of the newest';
    case 'older-than':
      return 'older';
    case 'chosen':
      return 'selected';
  }
}

/** Names the messages or events that no other snapshot can bring back. */
export function onlyCopyWords({ takenAt, events, messages, chat }: OnlyCopy, now: Date): string {
  const what = messages === 0 ? count(events, 'event') : count(messages, 'message');
  const of = chat === null ? '' : ` in “${chat}”`;
  return `Only the one from ${formatMoment(takenAt, now)} can bring back ${what}${of}.`;
}

/** Said where it is not known what only the chosen snapshots can bring back. */
export function uncheckedWords(): string {
  return 'Snapback could not check whether these hold the only copy of anything.';
}

type Answer =
  | { readonly ok: true; readonly value: PutBack }
  | { readonly ok: false; readonly error: Failure };

/** Says what was put back from the trash and what could not be. */
export function putBackWords(answer: Answer): string {
  if (!answer.ok) {
    const { title, happened } = explain(answer.error, 'window');
    return `${title}. ${happened}`;
  }
  const { putBack, left, notes } = answer.value;
  const back = [`${count(putBack.length, 'snapshot')} put back.`, ...notes].join(' ');
  if (left.length === 0) return back;
  return `${back} ${count(left.length, 'snapshot')} ${choose(left.length, 'stays', 'stay')} in the trash: another file has taken ${choose(left.length, 'its', 'their')} place.`;
}
