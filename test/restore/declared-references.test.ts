import { expect, test } from 'vitest';
import { planRestore, type Selection } from '../../src/index.ts';
import { makeRoot } from '../support/place.ts';
import { thereAndBack } from '../support/there-and-back.ts';
import { makeTwoChats, REFERENCES, selecting } from '../support/two-chats.ts';

/* References that only the profile declares are followed as if the schema declared them; what nobody declares is a guess. */

const root = makeRoot();

const PARTS: readonly (readonly [what: string, selection: Selection])[] = [
  ['tables', { by: 'tables', tables: ['reactions', 'memories'] }],
  ['a chat', { by: 'chat', chat: 'c1', withGuessed: false }],
  [
    'a row and what belonged to it',
    { by: 'rows', rows: [{ table: 'memories', key: [9n] }], related: 'children' },
  ],
  [
    'a row and all that the rewind took',
    { by: 'rows', rows: [{ table: 'memories', key: [9n] }], related: 'operation' },
  ],
];

const ofKeys = REFERENCES.slice(0, 3);

test.each(PARTS)('%s: the profile’s references do what foreign keys do', async (_, selection) => {
  const [keys, declared, bare] = [
    await makeTwoChats(root()),
    await makeTwoChats(root(), 'deletes', { references: ofKeys }),
    await makeTwoChats(root(), 'deletes', { references: [] }),
  ];
  const told = async ({ folder, id }: typeof keys) => {
    const { pulled, staying, related, guessed } = await planRestore(folder, selecting(id, selection));
    return { pulled, staying, related, guessed };
  };
  expect(await told(declared)).toEqual(await told(keys));
  expect(await told(bare)).not.toEqual(await told(keys));
  const see = (world: typeof keys) =>
    thereAndBack(world, selecting(world.id, selection), ({ tables }) => tables);
  expect((await see(declared)).seen).toEqual((await see(keys)).seen);
});

test('what the profile declares is no guess any more', async () => {
  const world = await makeTwoChats(root(), 'deletes', { references: REFERENCES });
  const request = selecting(world.id, { by: 'chat', chat: 'c1', withGuessed: false });
  const { plan, seen } = await thereAndBack(world, request, ({ tables }) => tables.moods);
  expect(plan.guessed).toEqual([]);
  expect(seen).toEqual(world.before.tables.moods);
});
