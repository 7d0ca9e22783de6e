import type { EventMark } from '../src/model/diff.ts';
import type { HeldState, RestoreReceipt } from '../src/model/receipt.ts';
import type { RestorePlan } from '../src/model/restore.ts';
import { among, nameOf, partOf, talkingGroups } from './confirmation.ts';
import { seenMessages } from './events.ts';
import { sumOf } from './numbers.ts';
import { partDone, restDone } from './part.ts';
import { type Subject, type Verb, verbOf } from './plan.ts';
import { choose, count } from './plurals.ts';
import { madeBy } from './restore-name.ts';
import { back, plain, type Story } from './story.ts';

/* What a person reads once it is done: what is there now. */

/** What the database holds once the plan has been applied. */
export function heldAfter(subject: Subject, { snapshot }: RestorePlan, receipt: RestoreReceipt): HeldState {
  if (subject.action === 'restore')
    return {
      ...{ state: 'restored', snapshotId: snapshot.id, snapshotTakenAt: snapshot.takenAt },
      ...{ made: madeBy(receipt) },
      ...(receipt.isPart === true ? { isPart: true } : {}),
    };
  const { from } = subject;
  return from.state === 'unknown'
    ? from
    : { ...from, state: from.state === 'restored' ? 'undone' : 'restored' };
}

/** The heading of a receipt: what is there now. */
export function doneWords(subject: Subject, plan: RestorePlan): Story {
  const verb = verbOf(subject);
  const again = sumOf(plan.returningEvents, (group) => group.spokenHidden);
  if (verb === 'Undo' && again > 0)
    return [plain(`${DONE.Undo}. ${count(again, 'message')} ${choose(again, 'is', 'are')} hidden again.`)];
  const groups = talkingGroups(plan.returningEvents);
  const messages = sumOf(groups, seenMessages);
  const part = partOf(subject);
  if (part !== null && messages === 0) return partDone(part, plan);
  if (verb === 'Undo' || messages === 0 || plan.options.mode === 'projections') return [plain(DONE[verb])];
  const [only] = groups;
  const isNamed = groups.length === 1 && only !== undefined && only.chat !== null;
  return [
    back(count(messages, 'message')),
    plain(choose(messages, ' is back', ' are back')),
    ...(isNamed ? [plain(' in '), nameOf(only)] : among(groups)),
    plain(part === null ? '.' : restDone(part)),
  ];
}

/** The heading where it is not told in messages. */
export const DONE: { readonly [V in Verb]: string } = {
  Restore: 'Restored',
  Undo: 'The restore was undone',
  Redo: 'Restored again',
};

/** The last message that came back; null where none did. */
export function lastBack({ returningEvents }: RestorePlan): EventMark | null {
  const marks = talkingGroups(returningEvents).map(({ last }) => last);
  return marks.filter(({ text }) => text !== null).toSorted((a, b) => (a.id < b.id ? 1 : -1))[0] ?? null;
}
