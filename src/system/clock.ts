/**
 * Milliseconds since some moment, for telling how long something takes. Node loads what stands behind `performance` when
 * that is first used, and this takes 2 ms of each start.
 */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
