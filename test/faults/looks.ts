import type { Conversation, Rows } from '../../src/index.ts';
import type { Use, Verb } from './verbs.ts';

/* What only looks. It is struck by errors alone: a kill would leave what was there. */

function looking(run: Verb['run']): Verb {
  return { begins: 'restored', run, takeBack: null, isDone: () => true };
}

type Question = () => unknown;

/** Asks each question by itself, as the window does. Fails with what the first of them failed with that did. */
function askEach(questions: readonly Question[]): void {
  const failed: unknown[] = [];
  for (const question of questions)
    try {
      question();
    } catch (error) {
      failed.push(error);
    }
  if (failed.length > 0) throw failed[0];
}

function questionsOfRows(rows: Rows): readonly Question[] {
  const request = { table: 'memories', change: null, filter: null, sort: null } as const;
  const sorted = {
    ...request,
    filter: { column: null, text: 'of' },
    sort: { column: 'text', descending: true },
  };
  const window = { offset: 0, limit: 10, firstColumn: 0, columnCount: 4 };
  return [
    ...[request, sorted].flatMap((asked) => [() => rows.shape(asked), () => rows.page(asked, window)]),
    () => [...rows.exact(request, window)],
    () => rows.changedColumns('memories'),
    () => rows.detail('memories', 1, 1),
    () => rows.row('memories', 1),
    () => rows.key('memories', 1),
    () => rows.named(sorted, window),
  ];
}

/** The window asks for rows while what they are of is open, and is answered by each question itself. */
async function lookAtRows({ core, folder, known }: Use, otherId: string | null): Promise<void> {
  const failed: unknown[] = [];
  await core.withRows(folder, { snapshotId: known.id, otherId }, {}, async (rows) => {
    try {
      askEach(questionsOfRows(rows));
    } catch (error) {
      failed.push(error);
    }
  });
  if (failed.length > 0) throw failed[0];
}

function questionsAbout({ overview, ...conversation }: Conversation): readonly Question[] {
  const chats = overview.chats.slice(0, 2);
  return [
    ...chats.flatMap(({ no }) => [
      () => conversation.layout(no),
      () => conversation.page(no, { from: 0, limit: 10, longest: 1000 }),
      () => conversation.difference(no, 0, 'next'),
      () => conversation.difference(no, 9, 'previous'),
      () => conversation.lost(no, { from: 0, to: 9 }),
    ]),
    () => [...conversation.walk(chats, 3)],
    () => conversation.find('5'),
  ];
}

export const LOOKS = {
  'look at rows': looking((use) => lookAtRows(use, null)),
  'compare two snapshots': looking(async (use) => {
    const other = (await use.core.listSnapshots(use.folder)).find(({ kind }) => kind === 'restore');
    await lookAtRows(use, other?.id ?? null);
  }),
  'read a conversation': looking(async ({ core, folder, known }) => {
    const conversation = await core.openConversation(folder, known.id, null);
    try {
      askEach(questionsAbout(conversation));
    } finally {
      await conversation.close();
    }
  }),
  search: looking(({ core, folder }) =>
    core.searchSnapshots(folder, { phrase: 'soup', kind: null, words: false }),
  ),
  'look at a row through time': looking(({ core, folder }) =>
    core.readRowHistory(folder, { table: 'bots', key: ['b1'] }),
  ),
  'plan a restore': looking(({ core, folder, known }) =>
    core.planRestore(folder, {
      ...core.defaultRestoreOptions,
      acceptOtherTimeline: true,
      snapshotId: known.id,
      action: 'restore',
    }),
  ),
  'look at what has happened': looking(async ({ core, folder }) => [
    await core.readTimeline(folder),
    await core.readHistory(folder),
    await core.readRestoredState(folder),
  ]),
} as const satisfies Readonly<Record<string, Verb>>;
