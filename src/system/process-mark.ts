import * as v from 'valibot';
import { hasSystemCode } from '../model/errors.ts';
import { readProcFile } from './proc-file.ts';

/** Whether a process with this id runs. One that we may not signal counts, a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasSystemCode(error, 'EPERM')) return false;
  }
  return lookAt(pid)?.over !== true;
}

/** Identifies a process by its id and its start, so that a later one with the same id differs. */
export type ProcessMark = {
  readonly pid: number;
  /** The boot, and the clock ticks from it to the process's start (Linux); null where the system does not say. */
  readonly started: string | null;
};

/** The largest process id on any system. */
const MAX_PID = 0x7fff_ffff;
const LONGEST_START = 1000;

/** The form of a mark in a file. */
export const processMark = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PID)),
  started: v.nullable(v.pipe(v.string(), v.maxLength(LONGEST_START))),
}) satisfies v.GenericSchema<unknown, ProcessMark>;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, started: lookAt(process.pid)?.started ?? null };
}

/**
 * Whether the marked process still runs. Where its start is not known, a later process with the same id counts as the
 * same: what the first one left is then finished once that one has ended.
 */
export function isRunning({ pid, started }: ProcessMark): boolean {
  if (!isAlive(pid)) return false;
  const found = lookAt(pid);
  return found === null || started === null || found.started === started;
}

/** Tells one start of the system from another (Linux); null where the system does not say. */
export function bootMark(): string | null {
  return readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Null where the system has no `/proc` or does not let us look. `over`: a zombie. */
function lookAt(pid: number): { readonly started: string; readonly over: boolean } | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  const boot = bootMark();
  if (stat === null || boot === null) return null;
  // `1234 (a name) S 1 …`: the name may contain blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (state === undefined || ticks === undefined) return null;
  return { started: `${boot} ${ticks}`, over: state === 'Z' || state === 'X' };
}
