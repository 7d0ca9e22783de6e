import type { Result } from './results.ts';
import type { Goal } from './steps.ts';

const HEAD = [
  'step',
  'CPU s',
  'wall s',
  'MB',
  'peer',
  'CPU s',
  'wall s',
  'MB',
  'ours : peer, CPU',
  'wall',
  'goal',
  'reached',
  'met',
];

/** What all results have in common. */
type Facts = {
  readonly size: string;
  readonly events: number;
  /** Of the snapshot. */
  readonly megabytes: number;
  readonly pairs: number;
  readonly machine: string;
};

/** The results as a Markdown table, its columns aligned, so that it can be read as it is. */
export function formatReport(
  { size, events, megabytes, pairs, machine }: Facts,
  results: readonly Result[],
): string {
  return `World “${size}”: ${events} events, a snapshot of ${megabytes.toFixed(1)} MB. Medians of ${pairs} pairs. ${machine}

${alignRows([HEAD, ...results.map(formatRow)])}

* inside a process that has loaded the core; all others are whole processes`;
}

/** Rows of cells as a Markdown table; the first row is its head. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`);
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].join('\n');
}

function formatRow({ title, ours, peer, ratio, goal, reached, met }: Result): readonly string[] {
  const cost = (costs: Result['ours'] | null) =>
    costs === null
      ? ['', '', '']
      : [spread(costs.cpu), spread(costs.wall), costs.peakMegabytes.median.toFixed(0)];
  return [
    title,
    ...cost(ours),
    peer?.name ?? '–',
    ...cost(peer),
    ratio === null ? '' : times(ratio.cpu),
    ratio === null ? '' : times(ratio.wall),
    formatGoal(goal),
    reached === null ? 'no peer' : formatReached(goal, reached),
    met === null ? '' : met ? 'yes' : 'NO',
  ];
}

function spread({ median, spread }: { readonly median: number; readonly spread: number }): string {
  return spread === 0 ? median.toFixed(2) : `${median.toFixed(2)} ±${(spread / 2).toFixed(2)}`;
}

function times(ratio: number): string {
  return `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}x`;
}

function formatGoal(goal: Goal): string {
  if (goal.of === 'rate') return goal.atLeast === null ? '–' : `${goal.atLeast} MB/s`;
  if (goal.of === 'seconds') return `${goal.atMost} s${goal.by === 'wall' ? ' wall' : ''}`;
  return `${times(goal.atMost)} ${{ cpu: 'CPU', wall: 'wall', both: 'both' }[goal.by]}`;
}

function formatReached(goal: Goal, reached: number): string {
  if (goal.of === 'rate') return `${reached.toFixed(0)} MB/s`;
  return goal.of === 'seconds' ? `${reached.toFixed(3)} s` : times(reached);
}
