import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { later } from '../../../renderer/parts/later.tsx';

const Greeting = ({ name }: { readonly name: string }) => <p>Hello {name}</p>;

test('a part that was fetched is drawn at once', async () => {
  const part = later(async () => Greeting);
  await part.fetch();
  expect(renderToStaticMarkup(<part.View name="Zoë" />)).toBe('<p>Hello Zoë</p>');
});

test('nothing is drawn of a part while its code is on the way', () => {
  const part = later(() => new Promise<typeof Greeting>(() => undefined));
  expect(renderToStaticMarkup(<part.View name="Zoë" />)).toBe('');
});

test('code is loaded once, and again only where that failed', async () => {
  const outcomes = [Promise.reject(new Error('no such file')), Promise.resolve(Greeting)];
  let loads = 0;
  const part = later(() => outcomes[loads++] ?? Promise.reject(new Error('loaded too often')));
  await part.fetch();
  await part.fetch();
  await part.fetch();
  expect(loads).toBe(2);
  expect(renderToStaticMarkup(<part.View name="Zoë" />)).toBe('<p>Hello Zoë</p>');
});
