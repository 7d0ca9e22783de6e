import { describe, expect, test } from 'vitest';
import { listSources, readText } from './support/imports.ts';

/* A rule that is switched off for a line says nothing any more of what is written there later. */

const SELF = 'test/no-opt-outs.test.ts';
const OPT_OUT = /\bbiome-ignore|\beslint-disable|@ts-(?:ignore|expect-error|nocheck)/;

describe('the rules of the compiler and the linter', () => {
  test('hold everywhere', () => {
    const files = listSources('src', 'words', 'electron', 'renderer', 'scripts', 'test');
    expect(files.filter((file) => OPT_OUT.test(readText(file)))).toEqual([SELF]);
  });

  test.each([
    '// biome-ignore lint/suspicious/noArrayIndexKey: why',
    '/* eslint-disable */',
    '// @ts-expect-error: why',
    '// @ts-ignore',
    '// @ts-nocheck',
  ])('%s would be found', (line) => {
    expect(line).toMatch(OPT_OUT);
  });
});
