import { copyFile, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import type { Place } from './place.ts';
import { snapshotFile } from './world.ts';

/** The window as its user sees it. */
export type Window = { readonly page: Page; readonly session: CDPSession };

/** What a person does, until the window shows the result. */
type Action = { readonly title: string; readonly act: (window: Window) => Promise<unknown> };

/** A data folder, and what a person does in it, one after the other. */
export type Scene = {
  readonly makeFolder: (place: Place) => Promise<string>;
  readonly actions: readonly Action[];
};

/** The page of a snapshot is there. */
export const PAGE = '.hero';
const DIALOG = '[role=alertdialog]';
const FIRST_LINE = '[role=option]';
const LINES = 300;
/** So many checkpoints are proposed for the trash; five more are kept. */
const SURPLUS = 142;
const KEPT = 5;
const MANY = 3_000;
const HOUR_MS = 3_600_000;
/** What does not come in this time does not come at all. */
const PATIENCE_MS = 120_000;
const TRIES = 20;

/** The window is loaded again, as when a folder is opened. */
async function open(window: Window): Promise<void> {
  await window.page.reload({ waitUntil: 'commit' });
  await find(window, PAGE);
}

async function readList(window: Window): Promise<void> {
  await press(window, FIRST_LINE);
  for (const key of ['End', 'Home', ...Array.from({ length: 20 }, () => 'ArrowDown'), 'Home'])
    await window.page.keyboard.press(key);
  await find(window, PAGE);
}

const large: Scene = {
  makeFolder: makeLargeFolder,
  actions: [
    {
      title: `list of ${LINES} loaded, and seen to its end`,
      async act(window) {
        await open(window);
        await readList(window);
      },
    },
    {
      title: 'conversation of a long chat, and through it',
      async act(window) {
        await press(window, '.line .bubble:not(.unread)');
        for (const key of ['End', 'Home', ...Array.from({ length: 10 }, () => 'PageDown')])
          await window.page.keyboard.press(key);
        await find(window, '.line .bubble:not(.unread)');
      },
    },
    {
      title: 'rows of a table, and to their end',
      async act(window) {
        await press(window, '[role=tab]', '^Rows$');
        await press(window, '[role=grid] [role=gridcell]');
        for (const key of ['Control+End', 'Control+Home', 'PageDown', 'PageDown'])
          await window.page.keyboard.press(key);
        await find(window, '[role=grid] [role=gridcell]');
        await press(window, '[role=tab]', '^Conversation$');
      },
    },
    {
      title: 'a search, to its first hits',
      async act(window) {
        await press(window, '.search-input');
        await window.page.keyboard.type('harbour');
        await find(window, '.hits [role=row]');
        await window.page.keyboard.press('Escape');
        await find(window, PAGE);
      },
    },
    {
      title: 'restore plan shown',
      async act(window) {
        await press(window, 'button', '^(Bring them back|Restore…)$');
        await find(window, `${DIALOG} button:not([disabled])`, '^(Bring back|Restore) .*\\d');
      },
    },
    {
      title: 'restore, to its receipt',
      async act(window) {
        await press(window, `${DIALOG} button:not([disabled])`, '^(Bring back|Restore) .*\\d');
        await press(window, `${DIALOG} button`, '^Done$');
        await find(window, `body:not(:has(${DIALOG}))`);
      },
    },
    {
      title: `prune plan of at least ${SURPLUS} lines shown`,
      async act(window) {
        await press(window, 'button', '^Prune…$');
        await find(window, `${DIALOG} button:not([disabled])`, '^Move \\d{3} snapshots');
      },
    },
  ],
};

const many: Scene = {
  makeFolder: makeFolderOfMany,
  actions: [
    { title: `folder of ${MANY} snapshots opened`, act: open },
    { title: `list of ${MANY}, seen to its end`, act: readList },
    {
      title: `timeline of ${MANY} marks, zoomed by the wheel`,
      async act(window) {
        const { x, y } = await find(window, '.timeline-pane');
        await window.page.mouse.move(x, y);
        await window.page.keyboard.down('Control');
        for (const turn of [-100, -100, -100, -100, -100, 100, 100, 100, 100, 100]) {
          await window.page.mouse.wheel(0, turn);
          await find(window, '.timeline-mark');
        }
        await window.page.keyboard.up('Control');
      },
    },
    {
      title: `timeline of ${MANY} as a table`,
      async act(window) {
        await press(window, 'button', '^As table$');
        await find(window, `${DIALOG} tbody tr`);
        await press(window, `${DIALOG} button`, '^Close$');
        await find(window, `body:not(:has(${DIALOG}))`);
      },
    },
  ],
};

export const scenes: readonly Scene[] = [large, many];

/**
 * Waits until the page shows such a part, and that was drawn; its middle. The page itself looks at each frame: scripts of a
 * driver would be longer tasks than what is measured. Throws if the part does not come.
 */
export async function find(
  window: Window,
  selector: string,
  words = '',
): Promise<{ readonly x: number; readonly y: number }> {
  const found = await evaluate<{ readonly x: number; readonly y: number } | null>(
    window,
    `new Promise((done) => {
    const until = performance.now() + ${PATIENCE_MS};
    const look = () => {
      const found = [...document.querySelectorAll(${JSON.stringify(selector)})]
        .find((part) => new RegExp(${JSON.stringify(words)}).test(part.textContent));
      if (found === undefined) return performance.now() > until ? done(null) : requestAnimationFrame(look);
      found.scrollIntoView({ block: 'nearest' });
      const { x, y, width, height } = found.getBoundingClientRect();
      globalThis.sought = found;
      requestAnimationFrame(() => done({ x: x + width / 2, y: y + height / 2 }));
    };
    look();
  })`,
  );
  if (found === null) {
    const shown = await evaluate<string>(window, 'document.body.innerText');
    throw new Error(`The window shows no ${selector} “${words}”. It shows:\n${shown}`);
  }
  return found;
}

/** Clicks such a part. Where it moved away under the pointer, it is looked for again. */
async function press(window: Window, selector: string, words = ''): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { x, y } = await find(window, selector, words);
    await evaluate(
      window,
      `globalThis.hit = false;
      document.addEventListener('pointerdown', ({ target }) => { globalThis.hit = sought.contains(target); },
        { capture: true, once: true });`,
    );
    await window.page.mouse.click(x, y);
    if (await evaluate<boolean>(window, 'globalThis.hit')) return;
  }
  throw new Error(`Something lies over ${selector} “${words}”.`);
}

async function evaluate<Value>({ session }: Window, expression: string): Promise<Value> {
  const { result } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value;
}

/** Where to put a snapshot of that time. */
async function placeOf(dir: string, kind: string, time: number): Promise<string> {
  const name = new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '');
  await mkdir(join(dir, 'snapshots', kind), { recursive: true });
  return join(dir, 'snapshots', kind, `${name}Z.json`);
}

/** A data folder with the world, its snapshot as the newest rewind, and small snapshots beside it. */
async function makeLargeFolder(place: Place): Promise<string> {
  const dir = join(place.scratch, 'world-of-tasks');
  await cp(await place.world(5), dir, { recursive: true });
  const small = snapshotFile((await place.many(1)).dir);
  const now = Date.now() - HOUR_MS;
  // Later than all others, so that it is the first line of the list.
  await rename(snapshotFile(dir), await placeOf(dir, 'rewind', now + HOUR_MS / 2));
  for (let hour = 1; hour < LINES - SURPLUS - KEPT; hour += 1)
    await copyFile(small, await placeOf(dir, 'rewind', now - hour * HOUR_MS));
  for (let hour = 0; hour < SURPLUS + KEPT; hour += 1)
    await copyFile(small, await placeOf(dir, 'periodic', now - hour * HOUR_MS));
  return dir;
}

/** A data folder with the world, and thousands of snapshots beside its own that hold no rows. */
async function makeFolderOfMany(place: Place): Promise<string> {
  const dir = join(place.scratch, 'world-of-many');
  await cp(await place.world(5), dir, { recursive: true });
  const whole: object = JSON.parse(await readFile(snapshotFile((await place.many(1)).dir), 'utf8'));
  const tables = Object.entries(whole).filter(([, rows]) => Array.isArray(rows));
  const empty = { last_event_id: 0, ...Object.fromEntries(tables.map(([name]) => [name, []])) };
  const now = Date.now() - HOUR_MS;
  for (let hour = 1; hour < MANY; hour += 1)
    await writeFile(
      await placeOf(dir, hour % 2 === 0 ? 'rewind' : 'periodic', now - hour * HOUR_MS),
      JSON.stringify(empty),
    );
  return dir;
}
