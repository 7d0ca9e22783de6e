import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/model/errors.ts';
import { explain } from '../../words/errors.ts';

describe('words for failures', () => {
  test.each(ERROR_CODES)('%s says what happened, what is unharmed, and what to do', (code) => {
    const words = explain({ code, message: 'The core’s own sentence.', detail: {} });
    for (const part of Object.values(words)) {
      expect(part).toMatch(/^\S.*\S$/s);
      expect(part).not.toMatch(/undefined|null|\[object/);
    }
    for (const sentence of [words.happened, words.unharmed, words.next]) expect(sentence).toMatch(/[.)]$/);
    expect(words.title).not.toMatch(/\.$/);
  });

  test('facts of the failure are named', () => {
    const words = explain({
      code: 'database-ambiguous',
      message: '',
      detail: { path: '/data', found: 'a.db, b.db' },
    });
    expect(words.happened).toContain('a.db, b.db');
  });
});
