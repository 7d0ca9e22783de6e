import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type DataFolder, finishInterrupted } from '../../src/index.ts';
import { open, type Place } from './place.ts';
import { type StartOptions, start } from './process.ts';
import { readState, type State } from './state.ts';

export type KilledAct = {
  readonly place: Place;
  /** What the child does there. */
  readonly act: StartOptions;
  readonly old: State;
  readonly planned: State;
};

/** The phases with how long after its beginning each is killed, so that not all are killed at their start. */
export function delayed(phases: readonly string[]): readonly (readonly [phase: string, delayMs: number])[] {
  return phases.map((phase, index) => [phase, (index * 7) % 20]);
}

/**
 * Really kills a child in that phase and starts again. Expects that the database is exactly as before or as planned, and
 * that the next start says which.
 */
export async function killAct(
  { place, act, old, planned }: KilledAct,
  phase: string,
  delayMs: number,
): Promise<{ readonly folder: DataFolder; readonly state: State; readonly happened: boolean }> {
  const child = start('act.ts', act);
  await child.said(phase);
  await sleep(delayMs);
  await child.kill();
  const folder = await open(place);
  const finished = await finishInterrupted(folder);
  const state = readState(place.databaseFile);
  const happened = JSON.stringify(state) === JSON.stringify(planned);
  expect(state).toEqual(happened ? planned : old);
  for (const { outcome } of finished) expect(outcome).toBe(happened ? 'committed' : 'not-committed');
  return { folder, state, happened };
}
