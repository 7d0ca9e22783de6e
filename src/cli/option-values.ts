import { SnapbackError } from '../model/errors.ts';
import type { CommandName, OptionName } from './options.ts';

/** The error for a wrong command line: one sentence, and the command whose help shows the right form. */
export function usage(message: string, command: CommandName | null = null): SnapbackError {
  return new SnapbackError('usage', message, command === null ? {} : { command });
}

/** How a person names a file that is not among the snapshots, where a snapshot’s id is expected. */
export const NAMED_FILE = 'file:';

/** Whether an argument names a file by its path. */
export function isNamedFile(given: string): boolean {
  return given.startsWith(NAMED_FILE);
}

/** The single operand of a command. @throws `usage` */
export function one(name: CommandName, operands: readonly string[], what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined || operand === '') throw usage(`“${name}” needs ${what}.`, name);
  if (more.length > 0) throw usage(`“${name}” takes only one argument; “${more[0]}” is too many.`, name);
  return operand;
}

/** Refuses operands. @throws `usage` */
export function none(name: CommandName, operands: readonly string[]): void {
  if (operands.length > 0) throw usage(`“${name}” takes no arguments; “${operands[0]}” is too many.`, name);
}

/** The value of an option that takes one of a few words; `otherwise` if it is not given. @throws `usage` */
export function choice<T extends string>(
  option: OptionName,
  given: string | undefined,
  among: readonly T[],
  otherwise: T,
): T {
  if (given === undefined) return otherwise;
  const found = among.find((value) => value === given);
  if (found === undefined) throw usage(`The option --${option} must be one of ${among.join(', ')}.`);
  return found;
}

/** A whole number of at most nine digits. @throws `usage` */
export function wholeNumber(option: OptionName, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`The option --${option} needs a whole number.`);
  return Number(text);
}

/** A moment, or how long ago it was. */
export type Since = { readonly iso: string } | { readonly ageMs: number };

const AGE = /^(\d{1,6})(m|h|d|w)$/;
const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** Parses an ISO date or time (local if it has no zone), or an age such as `2d`. @throws `usage` */
export function since(option: OptionName, text: string): Since {
  const age = AGE.exec(text);
  if (age !== null) return { ageMs: Number(age[1]) * (UNITS_MS[age[2] ?? ''] ?? 0) };
  const [, day, time = '00:00', zone = ''] = MOMENT.exec(text) ?? [];
  const moment = new Date(`${day}T${time}${zone}`);
  if (day === undefined || !isOfCalendar(day) || Number.isNaN(moment.getTime()))
    throw usage(
      `The option --${option} needs a date, a time or an age, such as 2026-11-20, 2026-11-20T14:00 or 2d.`,
    );
  return { iso: moment.toISOString() };
}

function isOfCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
