import type { NewerEvents } from '../src/model/diff.ts';
import type { Refusal, Replay, RestorePlan } from '../src/model/restore.ts';
import { countWritten, writtenEvents } from './events.ts';
import { sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';

/** What was written since, as a person counts it: in messages, or in events where there are none. */
export type NewerAmount = {
  readonly sum: number;
  readonly noun: string;
  readonly groups: readonly NewerEvents[];
};

/** Counts what was written, and names the chats that it is counted in. The host's own records of rewinds do not count. */
export function newerAmount(events: readonly NewerEvents[]): NewerAmount {
  const written = events.filter((group) => writtenEvents(group) > 0);
  const talking = written.filter(({ spoken }) => spoken > 0);
  return talking.length > 0
    ? { sum: sumOf(talking, ({ spoken }) => spoken), noun: 'newer message', groups: talking }
    : { sum: sumOf(written, writtenEvents), noun: 'newer event', groups: written };
}

/** Why the newer events cannot be kept, if they were to be. Null: they can. */
export function keepRefusal({ refusals }: Pick<RestorePlan, 'refusals'>): Refusal | null {
  return refusals.find(({ code }) => code === 'newer-not-kept') ?? null;
}

/** What a restore does with what was written since. `both`: it is merged with what comes back, entry by entry. */
export type Newer = 'keep' | 'both' | 'remove';

/** Each in words, and what comes of it. */
export type NewerChoice = {
  readonly [C in Newer]: { readonly what: string; readonly after: string };
};

/** The choice that a full restore leaves. Null: nothing was written since, so there is none. */
export function newerChoice(plan: RestorePlan): NewerChoice | null {
  // A part leaves everything else as it is.
  if (plan.action !== 'restore' || plan.options.mode !== 'full' || plan.options.selection !== undefined)
    return null;
  // A merge counts nothing of what stays.
  if (plan.options.merge !== undefined) return choiceOf('what was written since', 'it');
  const kept = plan.options.keepNewer ? (plan.replay?.events ?? []) : [];
  const newer = [...kept, ...plan.newerEvents].filter((group) => writtenEvents(group) > 0);
  if (newer.length === 0) return null;
  const what = countWritten(newer);
  const choice = choiceOf(what, itOrThem(newer));
  return isByPicks(plan) && keepRefusal(plan) === null ? { ...choice, keep: picked(kept, choice) } : choice;
}

function choiceOf(what: string, them: string): NewerChoice {
  return {
    keep: { what: `Keep ${what}`, after: `Your chat app shows ${them} again when it starts next.` },
    both: {
      what: 'Show me both',
      after: 'You choose where the two differ. Nothing waits for your chat app.',
    },
    remove: { what: `Remove ${what}`, after: `Undo brings ${them} back.` },
  };
}

/** What stays where single ones are left out. Without any, it is the same as to remove all. */
function picked(kept: readonly NewerEvents[], { remove }: NewerChoice): NewerChoice['keep'] {
  const isAny = kept.some((group) => writtenEvents(group) > 0);
  return isAny ? choiceOf(countWritten(kept), itOrThem(kept)).keep : { ...remove, what: 'Keep none' };
}

function itOrThem(groups: readonly NewerEvents[]): string {
  return choose(newerAmount(groups).sum, 'it', 'them');
}

const REASONS: { readonly [why: string]: string } = {
  'several-rewinds': 'your chats were rewound more than once since this snapshot.',
  'other-timeline': 'they have taken the place of lost ones, or older ones have changed since.',
  'replaced-by-left-out': 'one that would stay is replaced by one that is left out.',
  'no-replay': 'this chat app does not apply them again when it starts.',
  'no-gaps': 'this chat app does not allow a gap before them.',
  'place-taken': 'they have taken the place of lost ones.',
  'no-places': 'the log lacks columns that the profile names.',
};

/** One sentence that says why what was written since cannot be kept. */
export function notKeptWords({ detail }: Refusal): string {
  const reason = REASONS[String(detail.why)] ?? 'this snapshot does not say exactly where it ends.';
  return `What was written since can’t be kept: ${reason}`;
}

/** What opens the choice of single ones. */
export const PICK_NEWER = 'Choose which of them stay';

/** Whether something is refused only because of the ones that are left out, so that another choice helps. */
export function isByPicks({ options }: Pick<RestorePlan, 'options'>): boolean {
  return (options.leaveOut?.length ?? 0) > 0;
}

/** Where not all can be chosen from. */
export function unlistedWords(more: number): string {
  return `${count(more, 'later one')} ${choose(more, 'is', 'are')} not listed here and ${choose(more, 'stays', 'stay')}.`;
}

/** Said of one that stays although what it may refer to is left out. */
export const MAY_REFER = 'may refer to one that you left out';

/** Which events stay although they may refer to such as are left out: one line for each. */
export function referringLines({ referring }: Pick<RestorePlan, 'referring'>): readonly string[] {
  return referring.map(
    ({ event, to }) => `Event ${event} stays, and may refer to event ${to}, which is left out.`,
  );
}

/** `3 newer messages stay; start your chat app once to see them.` Null: none do. */
export function stayWords(replay: Replay | null): string | null {
  const { sum, noun } = newerAmount(replay?.events ?? []);
  if (sum === 0) return null;
  return `${count(sum, noun)} ${choose(sum, 'stays', 'stay')}; start your chat app once to see ${choose(sum, 'it', 'them')}.`;
}

/** `Start your chat app once to see 3 newer messages.` Null: none wait for that. */
export function startOnceWords(waiting: Replay | null): string | null {
  const { sum, noun } = newerAmount(waiting?.events ?? []);
  return sum === 0 ? null : `Start your chat app once to see ${count(sum, noun)}.`;
}
