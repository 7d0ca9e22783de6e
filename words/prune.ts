import type { OnlyCopy, PrunePlan, PutBack, TrashedPrune } from '../src/model/prune.ts';
import { explain, type Failure } from './errors.ts';
import { kindOf } from './kinds.ts';
import { formatMoment } from './moments.ts';
import { choose, count } from './plurals.ts';
import { titleWords } from './snapshots.ts';

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

const MOST_NAMED = 3;

/** The snapshots that one prune moved to the trash: the first few by name, the rest as a number. */
export function trashedWords({ snapshots }: TrashedPrune, now: Date): string {
  const named = snapshots
    .slice(0, MOST_NAMED)
    .map(({ id, takenAt }) => titleWords({ kind: kindOf(id), takenAt }, now, 'seconds'));
  const rest = snapshots.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
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
