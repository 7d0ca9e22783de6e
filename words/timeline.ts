import type { TimelineRestore, TimelineRewind } from '../src/model/timeline.ts';
import { chatWords } from './events.ts';
import { kindWords } from './kinds.ts';
import { formatMoment } from './moments.ts';
import { formatNumber } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { type ListedSnapshot, titleWords } from './snapshots.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What a rewind took and from where, as on its label: `−20 messages · Lighthouse`. Null: the log does not say. */
export function tookWords(rewind: TimelineRewind): string | null {
  const { took, chatName, chat } = rewind;
  if (took === null) return null;
  const { messages, events } = took;
  const what =
    messages > 0
      ? `${formatNumber(messages)} ${choose(messages, 'message', 'messages')}`
      : count(events, 'event');
  return (chatName ?? chat) === null ? `−${what}` : `−${what} · ${chatWords(rewind)}`;
}

/** `Rewind of Lighthouse, today 14:03`. */
export function rewindWords({ chatName, chat, at }: TimelineRewind, now: Date): string {
  const where = chatName ?? chat;
  const when = formatMoment(new Date(at).toISOString(), now);
  return where === null ? `Rewind, ${when}` : `Rewind of ${where}, ${when}`;
}

/** How long nothing was written: `11 quiet days`, `5 quiet hours`. */
export function quietWords(ms: number): string {
  if (ms >= DAY_MS) return quiet(Math.round(ms / DAY_MS), 'day');
  if (ms >= HOUR_MS) return quiet(Math.round(ms / HOUR_MS), 'hour');
  return quiet(Math.max(1, Math.round(ms / 60_000)), 'minute');
}

function quiet(amount: number, unit: string): string {
  return `${formatNumber(amount)} quiet ${choose(amount, unit, `${unit}s`)}`;
}

/** What a mark stands for: one snapshot, or several of one kind that are close to each other. */
export function markWords(snapshots: readonly ListedSnapshot[], now: Date): string {
  const [newest] = snapshots;
  const oldest = snapshots.at(-1);
  if (newest === undefined || oldest === undefined) return '';
  if (snapshots.length === 1) return titleWords(newest, now);
  const { many } = kindWords(newest.kind);
  return `${many}: ${formatNumber(snapshots.length)}, from ${formatMoment(oldest.takenAt, now)} to ${formatMoment(newest.takenAt, now)}`;
}

/** `Restored to today 14:03`, `Restore undone`. */
export function restoreWords({ action, to }: TimelineRestore, now: Date): string {
  return action === 'undo'
    ? 'Restore undone'
    : `Restored to ${formatMoment(new Date(to).toISOString(), now)}`;
}

/** How large a table was last, and when it lost most between two snapshots, if it ever did. */
export function shrinkWords(
  points: readonly { readonly takenAt: string; readonly rows: number }[],
  now: Date,
): string {
  const last = points.at(-1);
  if (last === undefined) return '';
  const losses = points
    .slice(1)
    .map(({ takenAt, rows }, at) => ({ takenAt, by: (points[at]?.rows ?? 0) - rows }));
  const [worst] = losses.toSorted((a, b) => b.by - a.by);
  const size = count(last.rows, 'row');
  if (worst === undefined || worst.by <= 0) return size;
  return `${size}; shrank by ${formatNumber(worst.by)} before ${formatMoment(worst.takenAt, now)}`;
}
