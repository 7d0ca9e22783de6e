import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/*
 * Waiting takes no time in this process: whoever sleeps finds that the clock has moved on. Names of snapshots are chosen by
 * the second, so that a test of hundreds of actions would otherwise mostly wait.
 *
 * It is ahead from the beginning: how much is noted of a file depends on whether it was written some seconds ago, so that
 * the same action would make other calls on a slow machine. So each file counts as old enough, however new it is.
 */

const RealDate = Date;
const realNow = process.hrtime.bigint.bind(process.hrtime);
let aheadMs = 10_000;

class MovedDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(MovedDate.now());
    else super(...(args as [number]));
  }

  static override now(): number {
    return Math.floor(RealDate.now() + aheadMs);
  }
}

Object.assign(globalThis, { Date: MovedDate });
process.hrtime.bigint = () => realNow() + BigInt(Math.round(aheadMs * 1e6));
Object.assign(timers, {
  setTimeout: async (ms = 0, value?: unknown) => {
    aheadMs += ms;
    await timers.setImmediate();
    return value;
  },
});
syncBuiltinESMExports();
