import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyUndo, readHistory } from '../../src/index.ts';
import { makeRoot } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { act, beginSequence, UNDO } from '../support/sequence.ts';
import { readState, type State } from '../support/state.ts';

/** Undo and Redo of the history lead where those of a plain editor lead, whatever was done in between. */
const root = makeRoot();

const acts = fc.array(fc.constantFrom('A', 'B', 'back', 'back', 'again', 'host writes'), {
  minLength: 2,
  maxLength: 7,
});

test('Undo goes back one restore at a time, Redo the same way forward, and each ends in the very state of then', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      const { place, folder, ids } = await beginSequence(root());
      const read = () => readState(place.databaseFile);
      /** What Undo, and Redo, lead back to. */
      const [back, again]: [State[], State[]] = [[], []];
      for (const what of list) {
        const now = read();
        const { undo, redo } = await readHistory(folder);
        expect([undo !== null, redo !== null]).toEqual([back.length > 0, again.length > 0]);
        if (what === 'back' || what === 'again') {
          const [from, to, of] = what === 'back' ? [back, again, undo] : [again, back, redo];
          const expected = from.pop();
          if (expected === undefined || of === null) continue;
          await applyUndo(folder, { ...UNDO, of }, NOW);
          to.push(now);
          expect(read()).toEqual(expected);
        } else {
          await act(what, place, folder, ids);
          if (what === 'host writes') continue;
          back.push(now);
          again.length = 0;
        }
      }
    }),
    { numRuns: 12 },
  );
});
