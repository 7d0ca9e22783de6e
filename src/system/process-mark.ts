import * as v from 'valibot';
import { hasSystemCode } from '../model/errors.ts';
import { readProcFile } from './proc-file.ts';

/** Whether a process with this number still runs; one that may not be signalled does, one that has ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasSystemCode(error, 'EPERM')) return false;
  }
  return lookAt(pid)?.over !== true;
}

/** A process, told from a later one with the same number by when it began. */
export type ProcessMark = {
  readonly pid: number;
  /** Which start of the system and when after it, as Linux counts; null where the system does not say. */
  readonly started: string | null;
};

/** The largest that a process's number may be, anywhere. */
const MAX_PID = 0x7fff_ffff;
const LONGEST_START = 1000;

/** A mark as it is written to a file. */
export const processMark = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PID)),
  started: v.nullable(v.pipe(v.string(), v.maxLength(LONGEST_START))),
}) satisfies v.GenericSchema<unknown, ProcessMark>;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, started: lookAt(process.pid)?.started ?? null };
}

/**
 * Whether the marked process still runs. Where nothing tells when it began, a later process with its number counts as
 * it: then what it left is finished when that one has ended.
 */
export function isRunning({ pid, started }: ProcessMark): boolean {
  if (!isAlive(pid)) return false;
  const found = lookAt(pid);
  return found === null || started === null || found.started === started;
}

/** Null where the system has no such place or lets nobody look. `over`: it has ended, and only its parent has not noticed. */
function lookAt(pid: number): { readonly started: string; readonly over: boolean } | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  const boot = readProcFile('/proc/sys/kernel/random/boot_id');
  if (stat === null || boot === null) return null;
  // `1234 (a name) S 1 …`: the name may hold anything, blanks and brackets included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (state === undefined || ticks === undefined) return null;
  return { started: `${boot.trim()} ${ticks}`, over: state === 'Z' || state === 'X' };
}
