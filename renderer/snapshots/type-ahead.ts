/** After so long without a key, a new word begins. */
const FORGOTTEN_MS = 1_000;

/** What has been typed to find a line, and when the last key came. */
export type Typed = { readonly text: string; readonly at: number };
export const NOTHING_TYPED: Typed = { text: '', at: 0 };

type Pressed = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

/** What has been typed with one more key; null: the key types nothing. A space begins no word, it means the line itself. */
export function typeKey(before: Typed, pressed: Pressed, at: number): Typed | null {
  const { key, ctrlKey, metaKey, altKey } = pressed;
  const isCharacter = key.length === 1 || !/^[a-z]/i.test(key);
  if (!isCharacter || ctrlKey || metaKey || altKey) return null;
  const begun = at - before.at > FORGOTTEN_MS ? '' : before.text;
  return begun === '' && key === ' ' ? null : { text: begun + key, at };
}

let collator: Intl.Collator | undefined;

/** The line that begins with a text, whatever its case and accents: from the line `from` on, else from the top. Null: none. */
export function findTyped(
  text: string,
  {
    from,
    count,
    textOf,
  }: { readonly from: number; readonly count: number; readonly textOf: (line: number) => string },
): number | null {
  collator ??= new Intl.Collator(undefined, { usage: 'search', sensitivity: 'base' });
  for (let step = 0; step < count; step += 1) {
    const line = (Math.max(0, from) + step) % count;
    if (collator.compare(textOf(line).slice(0, text.length), text) === 0) return line;
  }
  return null;
}
