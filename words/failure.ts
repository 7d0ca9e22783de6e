import type { ErrorCode, SnapbackError } from '../src/model/errors.ts';

/** A failure as data, as it crosses between processes. */
export type Failure = Pick<SnapbackError, 'code' | 'message' | 'detail'>;

/** Which face speaks: the window names its buttons, the command line its flags. */
export type Face = 'window' | 'cli';

/** Words for a failure: what happened, what is unharmed, what to do next. */
export type Message = {
  readonly title: string;
  readonly happened: string;
  readonly unharmed: string;
  readonly next: string;
};

/** The same before it is known which face speaks: one `next` for both, or one for each. */
type Entry = Omit<Message, 'next'> & { readonly next: string | { readonly [F in Face]: string } };
export type Entries<Codes extends ErrorCode> = { readonly [C in Codes]: (failure: Failure) => Entry };

export const NOTHING_CHANGED = 'Nothing was changed.';
export const ROLLED_BACK = 'Everything was rolled back: the database is exactly as it was before.';
export const FILE_KEPT = 'The file and the database were left as they are.';

/** A fact of a failure, for the middle of a sentence; null where it has none of these. */
export function factOf({ detail }: Failure, ...names: readonly string[]): string | null {
  const found = names.map((name) => detail[name]).find((value) => value !== undefined && value !== null);
  return found === undefined || found === '' ? null : String(found);
}

/** A sentence with what is known besides, in parentheses before its full stop. */
export function addTo(sentence: string, fact: string | null): string {
  return fact === null ? sentence : sentence.replace(/\.?$/, () => ` (${fact}).`);
}

/** The place of a failure; of a draft of Snapback’s own, the folder that it was in. */
export function placeOf(failure: Failure, ...names: readonly string[]): string | null {
  return factOf(failure, ...names)?.replace(/[/\\]\.snapback-[^/\\]*$/, '') ?? null;
}

/** What the system said about it. */
export function reasonOf(failure: Failure): string | null {
  return factOf(failure, 'reason');
}
