import { describe, expect, test } from 'vitest';
import { type Step, walkBack } from '../../src/recovery/walk-back.ts';

/** Steps in short: a letter is a restore, `-X` takes back X, `?` is one that nobody knows to be made. */
function stepsOf(text: string): readonly (Step | null)[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((id) => {
      if (id === '?') return null;
      const [name = id, target] = id.split('-');
      return target === undefined
        ? { id: name, action: 'restore', target: 'a snapshot' }
        : { id: name, action: 'undo', target };
    });
}

/** What is told in short: `kind of restore` of each step, what is held, and where Undo and Redo lead. */
function told(text: string) {
  const { steps, held, inEffect, undo, redo } = walkBack(stepsOf(text));
  const kinds = [...steps].map(([id, { kind, of }]) => `${id} ${kind}${of === id ? '' : ` ${of}`}`);
  return { kinds: kinds.join(', '), held, inEffect: [...inEffect].join(' '), undo, redo };
}

describe('from a sequence of steps', () => {
  test.each<
    [
      steps: string,
      kinds: string,
      held: string | null,
      inEffect: string,
      undo: string | null,
      redo: string | null,
    ]
  >([
    ['', '', null, '', null, null],
    ['A', 'A restore', 'A', 'A', 'A', null],
    ['A B', 'A restore, B restore', 'B', 'A B', 'B', null],
    ['A u-A', 'A restore, u undo A', null, '', null, 'u'],
    ['A u-A r-u', 'A restore, u undo A, r redo A', 'r', 'A r', 'r', null],
    ['A u-A r-u v-r', 'A restore, u undo A, r redo A, v undo A', null, '', null, 'v'],
    ['A B u-B', 'A restore, B restore, u undo B', 'A', 'A', 'A', 'u'],
    ['A B u-B v-A', 'A restore, B restore, u undo B, v undo A', null, '', null, 'v'],
    ['A B u-B v-A r-v', 'A restore, B restore, u undo B, v undo A, r redo A', 'r', 'A r', 'r', 'u'],
    [
      'A B u-B v-A r-v s-u',
      'A restore, B restore, u undo B, v undo A, r redo A, s redo B',
      's',
      'A r B s',
      's',
      null,
    ],
    ['A u-A B', 'A restore, u undo A, B restore', 'B', 'B', 'B', null],
    ['A B u-B C', 'A restore, B restore, u undo B, C restore', 'C', 'A C', 'C', null],
    ['A ?', 'A restore', null, '', null, null],
    ['A ? B', 'A restore, B restore', 'B', 'B', 'B', null],
    ['A ? B u-B', 'A restore, B restore, u undo B', null, '', null, 'u'],
    // What was taken back is not known any more: the newest step can still be taken back.
    ['u-X', 'u undo null', null, '', null, 'u'],
    ['u-X r-u', 'u undo null, r redo null', 'r', 'r', 'r', null],
    ['A ? u-A', 'A restore, u undo A', null, '', null, 'u'],
  ])(
    '“%s” tells what the database holds, and where Undo and Redo lead',
    (steps, kinds, held, inEffect, undo, redo) => {
      expect(told(steps)).toEqual({ kinds, held, inEffect, undo, redo });
    },
  );

  test('the newest step can always be taken back, by Undo or by Redo', () => {
    for (const steps of [
      'A',
      'A u-A',
      'A u-A r-u',
      'A B u-B',
      'u-X',
      'A ? u-A',
      'A B u-B v-A r-v s-u',
      'u-A v-A',
    ]) {
      const { undo, redo } = told(steps);
      const newest = steps.split(' ').at(-1)?.split('-')[0];
      expect([undo, redo]).toContain(newest);
    }
  });
});
