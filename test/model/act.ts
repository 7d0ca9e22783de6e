import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type DataFolder,
  type ErrorCode,
  finishInterrupted,
  openDataFolder,
  readHistory,
  type SnapshotId,
  viewTrash,
} from '../../src/index.ts';
import { whileWatched } from '../support/file-calls.ts';
import { runToEnd } from '../support/process.ts';
import type { Content } from './content.ts';
import { actInDatabase, actOnContent, type HostAction, nextId, startHost } from './host.ts';
import { contentOf, expectDatabase, expectFolder, listFiles, listLeft, readFileContent } from './judge.ts';
import {
  asTold,
  checkpointOf,
  codeOfError,
  isRestore,
  type Model,
  modeOf,
  moveOn,
  newestCheckpoint,
  predict,
  stepOf,
} from './model.ts';
import { type Done, perform, type Verb } from './verbs.ts';

/* Each action, in the data folder and in the model, and then both compared. */

export type Real = { folder: DataFolder; readonly cacheDir: string | undefined };

/** What befalls an action: one of its calls that change something on the disk fails, or the process is killed before it. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'thrown'; readonly at: number; readonly code: 'EIO' | 'ENOSPC' }
  | { readonly kind: 'killed'; readonly at: number };

/** Codes with which an action may end whose call was refused. */
const REFUSED_CALL: readonly ErrorCode[] = [
  'io-failed',
  'disk-full',
  'folder-read-only',
  'snapshot-unreadable',
];

/** The host starts, and does something. */
export async function actAsHost(model: Model, real: Real, action: HostAction | null): Promise<void> {
  const { world, held } = model;
  model.told.push(action === null ? 'The host starts.' : `The host does ${JSON.stringify(action)}.`);
  actInDatabase(real.folder, held, action, world);
  const started = startHost(held);
  if (action === null) model.held = started;
  else {
    const id = nextId(started, action, world, model.highest);
    model.held = actOnContent(started, action, world, id);
    if (action.do !== 'rewrite') model.highest = Math.max(model.highest, id);
  }
  expectDatabase(real.folder, model);
}

type Outcome = { readonly done: Done | null; readonly code: ErrorCode | null };

/** A Snapback does something, and the folder is opened again if anything befell it. */
export async function act(model: Model, real: Real, verb: Verb, fault: Fault): Promise<void> {
  model.told.push(`${JSON.stringify(verb)}${fault.kind === 'none' ? '' : `, but ${JSON.stringify(fault)}`}`);
  const predicted = predict(model, verb);
  const { done, code } = await attempt(real, verb, fault);
  model.told.push(`  ended with ${code ?? (done === null ? 'its end' : 'done')}`);
  if (fault.kind !== 'none') {
    real.folder = await openDataFolder(real.folder.dir, { cacheDir: real.cacheDir });
    await finishInterrupted(real.folder);
    expect(listLeft(real.folder.dir)).toEqual([]);
  }
  const { refused, unsure = false } = predicted;
  if (code === null && done !== null) expect(unsure ? null : refused).toBe(null);
  else if (code !== null) {
    const allowed = [
      ...(refused === null ? [] : [refused]),
      ...(fault.kind === 'none' ? [] : REFUSED_CALL),
      ...(verb.do === 'prune' ? (['snapshot-needed'] as const) : []),
      // Its safety copy could not be read.
      ...(fault.kind === 'thrown' && stepOf(model, verb) !== undefined ? (['nothing-to-undo'] as const) : []),
    ];
    expect(allowed).toContain(code);
  }
  const news = [...listFiles(real.folder.dir)].filter(([id]) => !model.snapshots.has(id));
  const made = isRestore(verb) && (done !== null || (code === null && (await wasMade(real, news))));
  await takeOver({ model, real, verb }, news, made ? predicted.after : null);
  if (!made && isRestore(verb) && fault.kind === 'none') expect(news).toEqual([]);
  if (made && isRestore(verb)) {
    const copy = news.map(([id]) => id).find((id) => id.startsWith('restore/'));
    expect(copy).toBeDefined();
    const expected = modeOf(model, verb) === 'full' ? 2 : 1;
    if (fault.kind === 'killed' && news.length < expected) reuseCheckpoint(model, predicted.after);
    else expect(news).toHaveLength(expected);
    moveOn(model, verb, predicted.after, copy ?? '');
  }
  await settleTrash(model, real, done);
  expectDatabase(real.folder, model);
  await expectFolder(real.folder, model);
}

async function attempt({ folder, cacheDir }: Real, verb: Verb, fault: Fault): Promise<Outcome> {
  if (fault.kind === 'killed') {
    const args = [folder.dir, cacheDir ?? '', JSON.stringify(verb), `${fault.at}`];
    const last = await runToEnd('perform.ts', { args });
    if (last === 'done') return { done: { moved: [], back: [] }, code: null };
    return { done: null, code: last === '' ? null : (last as ErrorCode) };
  }
  let calls = 0;
  const refuse = ({ name, path }: { readonly name: string; readonly path: string }) => {
    calls += 1;
    if (fault.kind !== 'thrown' || calls !== fault.at) return undefined;
    throw Object.assign(new Error(`${fault.code}: ${name} '${path}'`), {
      ...{ code: fault.code, errno: -1, syscall: name, path },
    });
  };
  try {
    return { done: await whileWatched(refuse, () => perform(folder, verb)), code: null };
  } catch (error) {
    return { done: null, code: codeOfError(error) };
  }
}

/**
 * A restore that changes nothing counts as made even if it was killed before it was announced: nobody can tell. Then the
 * newest checkpoint, which holds that state already, is the one for the next start.
 */
function reuseCheckpoint({ held, snapshots, fullRestores }: Model, after: Model['held']): void {
  expect(held).toEqual(after);
  const [id, newest] = newestCheckpoint(snapshots) ?? [];
  expect(newest && contentOf(newest.held)).toEqual(checkpointOf(after));
  if (id !== undefined && newest !== undefined) snapshots.set(id, { ...newest, after: fullRestores + 1 });
}

type News = readonly (readonly [SnapshotId, string])[];

/** Whether a restore was made whose process was killed: as the history tells it. */
async function wasMade({ folder }: Real, news: News): Promise<boolean> {
  const { entries } = await readHistory(folder);
  const entry = entries.find(({ id }) => news.some(([made]) => made === id));
  if (entry === undefined || !('ended' in entry)) return false;
  expect(['done', 'found-done', 'not-made']).toContain(entry.ended);
  return entry.ended !== 'not-made';
}

type Acted = { readonly model: Model; readonly real: Real; readonly verb: Verb };

/** Takes new snapshots into the model, each with the content that it must have. `after`: null where no restore was made. */
async function takeOver({ model, verb }: Acted, news: News, after: Model['held'] | null): Promise<void> {
  for (const [id, file] of news) {
    const kind = id.slice(0, id.indexOf('/'));
    const isFresh = isRestore(verb) && kind === 'periodic';
    const restored = isFresh ? after : null;
    const expected =
      restored === null ? sourceOf(model, verb, id) : { ...checkpointOf(restored), tablesAt: null };
    if (expected === null) throw new Error(`${id} should not be there.`);
    expect(readFileContent(file)).toEqual(contentOf(expected));
    const full =
      isFresh || (isRestore(verb) && after !== null && modeOf(model, verb) === 'full' && kind !== 'restore');
    model.snapshots.set(id, {
      held: expected,
      bytes: readFileSync(file),
      after: model.fullRestores + (full ? 1 : 0),
    });
  }
}

/** What a new snapshot must hold that is no fresh checkpoint. Null: none may be there. */
function sourceOf(
  model: Model,
  verb: Verb,
  id: SnapshotId,
): (Content & Pick<Model['held'], 'tablesAt'>) | null {
  if (verb.do === 'take' && id.startsWith(verb.kind)) return model.held;
  if (isRestore(verb) && id.startsWith('restore/')) return asTold(model);
  if (verb.do === 'keep' && id.startsWith('@kept/')) return model.snapshots.get(verb.id)?.held ?? null;
  const trashed = model.trash.find((one) => one.id === id);
  return verb.do === 'put back' ? (trashed?.snapshot.held ?? null) : null;
}

/** What is not in its place any more is in the trash, and what came back is not there. */
async function settleTrash(model: Model, { folder }: Real, done: Done | null): Promise<void> {
  const files = listFiles(folder.dir);
  const { prunes } = await viewTrash(folder);
  const trash = prunes.flatMap(({ trashName, snapshots }) => snapshots.map(({ id }) => ({ trashName, id })));
  const known = (one: { readonly trashName: string; readonly id: SnapshotId }) =>
    model.trash.find(({ trashName, id }) => trashName === one.trashName && id === one.id)?.snapshot ??
    model.snapshots.get(one.id);
  const back = model.trash.filter(
    (one) => !trash.some(({ trashName, id }) => trashName === one.trashName && id === one.id),
  );
  for (const { id, snapshot } of back) {
    expect(files.has(id)).toBe(true);
    model.snapshots.set(id, snapshot);
  }
  const gone = [...model.snapshots.keys()].filter((id) => !files.has(id));
  if (done !== null && done.moved.length > 0) expect([...gone].sort()).toEqual([...done.moved].sort());
  if (done !== null && done.back.length > 0)
    expect(back.map(({ id }) => id).sort()).toEqual([...done.back].sort());
  model.trash = trash.map((one) => {
    const snapshot = known(one);
    if (snapshot === undefined) throw new Error(`${one.id} should not be in the trash.`);
    return { ...one, snapshot };
  });
  for (const id of gone) {
    expect(model.trash.map((one) => one.id)).toContain(id);
    model.snapshots.delete(id);
  }
  const needed = [...model.back, ...model.again]
    .map(({ copy }) => copy)
    .toSorted()
    .at(-1);
  if (needed !== undefined && gone.length > 0) expect(gone).not.toContain(needed);
}
