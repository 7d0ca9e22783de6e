import { describe, expect, test } from 'vitest';
import { stepByKey } from '../../../renderer/snapshots/line-keys.ts';

const EXTENT = { at: 3, count: 9, page: (direction: number) => 3 + 2 * direction };

function press(keys: string, isMac = false, extent = EXTENT) {
  const [key = '', ...held] = keys.split('+').reverse();
  const has = (name: string) => held.includes(name);
  const pressed = {
    key: key === 'Space' ? ' ' : key,
    ctrlKey: has('Ctrl'),
    metaKey: has('Cmd'),
    altKey: has('Alt'),
    shiftKey: has('Shift'),
  };
  const step = stepByKey(pressed, extent, isMac);
  return step?.does === 'go' ? [step.to, step.choosing] : (step?.does ?? null);
}

describe('a key in the list', () => {
  test.each([
    ['ArrowDown', [4, 'only']],
    ['ArrowUp', [2, 'only']],
    ['Home', [0, 'only']],
    ['End', [8, 'only']],
    ['PageDown', [5, 'only']],
    ['PageUp', [1, 'only']],
    ['Shift+ArrowDown', [4, 'range']],
    ['Shift+PageUp', [1, 'range']],
    ['Shift+Home', [0, 'range']],
    ['Ctrl+ArrowUp', [2, null]],
    ['Ctrl+End', [8, null]],
    ['Ctrl+Shift+End', [8, 'range']],
    ['Space', [3, 'only']],
    ['Ctrl+Space', [3, 'toggle']],
    ['Shift+Space', [3, 'range']],
    ['Ctrl+a', 'all'],
    ['Ctrl+A', 'all'],
    ['Enter', 'act'],
    ['Alt+ArrowDown', null],
    ['Cmd+ArrowDown', null],
    ['Alt+Enter', null],
    ['Ctrl+Enter', null],
    ['a', null],
    ['Ctrl+Alt+a', null],
    ['Escape', null],
    ['Tab', null],
    ['ArrowRight', null],
  ])('%s: %j', (keys, step) => {
    expect(press(keys)).toEqual(step);
  });

  test.each([
    ['Alt+ArrowDown', [4, null]],
    ['Alt+Space', [3, 'toggle']],
    ['Cmd+a', 'all'],
    ['Ctrl+ArrowDown', null],
    ['Cmd+ArrowDown', null],
    ['Ctrl+a', null],
    ['Shift+ArrowDown', [4, 'range']],
  ])('on a Mac, %s: %j', (keys, step) => {
    expect(press(keys, true)).toEqual(step);
  });

  test('leads to no line that is not there', () => {
    expect(press('ArrowDown', false, { ...EXTENT, at: 8 })).toBeNull();
    expect(press('ArrowUp', false, { ...EXTENT, at: 0 })).toBeNull();
  });
});
