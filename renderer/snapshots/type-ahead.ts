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

/**
 * What has been typed with one more key; null: the key types nothing. A space begins no word, it means the line itself. One
 * key can type a letter and its accent as two characters; the names of keys that type nothing are letters and digits.
 */
export function typeKey(before: Typed, pressed: Pressed, at: number): Typed | null {
  const { key, ctrlKey, metaKey, altKey } = pressed;
  const isName = /^[a-z][a-z0-9]+$/i.test(key);
  if (isName || ctrlKey || metaKey || altKey) return null;
  const begun = at - before.at > FORGOTTEN_MS ? '' : before.text;
  return begun === '' && key === ' ' ? null : { text: begun + key, at };
}

let collator: Intl.Collator | undefined;

/**
 * The text with each letter as long as in any other way to write it: with its accent as one character or two, or as one that
 * the language does not tell apart from the bare letter. Else the beginnings of two texts would end in the middle of a letter.
 */
function fold(text: string, { compare }: Intl.Collator): string {
  return text.normalize('NFC').replace(/\p{M}/gu, (mark) => (compare(mark, '') === 0 ? '' : mark));
}

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
  const sought = fold(text, collator);
  for (let step = 0; step < count; step += 1) {
    const line = (Math.max(0, from) + step) % count;
    if (collator.compare(fold(textOf(line), collator).slice(0, sought.length), sought) === 0) return line;
  }
  return null;
}
