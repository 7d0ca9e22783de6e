import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const styles = join(import.meta.dirname, '../../renderer/styles');
const css = readFileSync(join(styles, 'tokens.css'), 'utf8');
const [lightPart = '', darkPart = ''] = css.split('@media (prefers-color-scheme: dark)');
const light = readTokens(lightPart);
const themes = { light, dark: new Map([...light, ...readTokens(darkPart)]) };

/** What is written on what. Each pair occurs in the style sheets. */
const PAIRS: readonly (readonly [text: string, ...grounds: readonly string[]])[] = [
  ['text', 'bg', 'panel', 'sunk', 'selected', 'changed-bg'],
  ['dim', 'bg', 'panel', 'sunk', 'selected'],
  ['accent', 'bg', 'panel'],
  ['on-accent', 'accent', 'accent-hover'],
  ['back', 'bg', 'panel', 'back-bg'],
  ['gone', 'bg', 'panel', 'gone-bg', 'changed-bg'],
  ['changed', 'bg', 'panel', 'changed-bg'],
  ['bg', 'text'],
];
/** What has to be seen without being read: WCAG asks for 3:1. */
const SHAPES: readonly (readonly [shape: string, ...grounds: readonly string[]])[] = [
  ['focus', 'bg', 'panel', 'selected'],
  ['back', 'sunk'],
  ['gone', 'sunk'],
  ['changed', 'sunk'],
];

describe.each(Object.entries(themes))('in the %s theme', (_, tokens) => {
  test.each(flatten(PAIRS))('%s can be read on %s', (text, ground) => {
    expect(contrast(colour(tokens, text), colour(tokens, ground))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(flatten(SHAPES))('%s can be seen on %s', (shape, ground) => {
    expect(contrast(colour(tokens, shape), colour(tokens, ground))).toBeGreaterThanOrEqual(3);
  });
});

test('colours are defined only in the tokens', () => {
  const others = readdirSync(styles).filter((name) => name !== 'tokens.css');
  expect(others.length).toBeGreaterThan(5);
  for (const name of others) {
    const text = readFileSync(join(styles, name), 'utf8');
    expect(text.match(/#[0-9a-f]{3,8}\b|\brgb\((?!0 0 0)/gi), name).toBeNull();
  }
});

test('the window’s first background matches the light and the dark token', () => {
  const source = readFileSync(join(import.meta.dirname, '../../electron/main/window.ts'), 'utf8');
  expect(source).toContain(`'${themes.dark.get('bg')}' : '${themes.light.get('bg')}'`);
});

function readTokens(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1] ?? '', found[2] ?? '']),
  );
}

function colour(tokens: ReadonlyMap<string, string>, name: string): string {
  const value = tokens.get(name);
  if (value === undefined) throw new Error(`no token --${name}`);
  return value;
}

function flatten(pairs: typeof PAIRS): readonly (readonly [string, string])[] {
  return pairs.flatMap(([text, ...grounds]) => grounds.map((ground) => [text, ground] as const));
}

/** WCAG 2.2: the ratio of relative luminances, 1 to 21. */
function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
