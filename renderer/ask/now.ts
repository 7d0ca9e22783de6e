import { useSyncExternalStore } from 'react';

const EVERY_MS = 15_000;
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
let today = now;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = new Date();
    for (const tell of [...listeners]) tell();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function current(): Date {
  if (listeners.size === 0) now = new Date();
  return now;
}

function currentDay(): Date {
  const moment = current();
  if (moment.toDateString() !== today.toDateString()) today = moment;
  return today;
}

/** The current time, the same for everything on the screen. It is updated often enough for ages in minutes. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, current);
}

/** A moment of the current day, for words that tell no more than the day. The same until midnight. */
export function useToday(): Date {
  return useSyncExternalStore(subscribe, currentDay);
}

/** What `tell` says of the current time. The component is drawn again only once that changes. */
export function useTold<T extends string | number>(tell: (now: Date) => T): T {
  return useSyncExternalStore(subscribe, () => tell(current()));
}
