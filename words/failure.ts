import type { ErrorCode, SnapbackError } from '../src/model/errors.ts';

/** A failure as data, as it crosses between processes. */
export type Failure = Pick<SnapbackError, 'code' | 'message' | 'detail'>;

/** Where the words are shown: the window names its buttons, the command line names its flags. */
export type Face = 'window' | 'cli';

/** Words for a failure: what happened, what is unharmed, what to do next. */
export type Message = {
  readonly title: string;
  readonly happened: string;
  readonly unharmed: string;
  readonly next: string;
};

/**
 * What is said of a code. Without `happened`, that is the core's own sentence; without `unharmed`, nothing was changed.
 */
export type Entry = Pick<Message, 'title'> &
  Partial<Pick<Message, 'unharmed'>> & {
    readonly happened?: PerFace;
    readonly next: PerFace;
  };

/** The same for both faces, or one for each. */
type PerFace = string | { readonly [F in Face]: string };

/** What is said may tell a moment, as seen from `now`. */
export type Entries = { readonly [C in ErrorCode]: Entry | ((failure: Failure, now: Date) => Entry) };

export const NOTHING_CHANGED = 'Nothing was changed.';
export const ROLLED_BACK = 'Everything was rolled back: the database is exactly as it was before.';
export const FILE_KEPT = 'The file and the database were left as they are.';

/** Whether an action failed at its very last step, so that it is not known yet whether it was made. */
export function isUndecided({ detail }: Pick<Failure, 'detail'>): boolean {
  return detail.undecided === true;
}

/** The first of these details that the failure has, as text for the middle of a sentence. Null: it has none. */
export function factOf({ detail }: Failure, ...names: readonly string[]): string | null {
  const found = names.map((name) => detail[name]).find((value) => value !== undefined && value !== null);
  return found === undefined || found === '' ? null : String(found);
}

/** Adds a fact to a sentence, in parentheses before the full stop. */
export function addTo(sentence: string, fact: string | null): string {
  return fact === null ? sentence : sentence.replace(/\.?$/, () => ` (${fact}).`);
}

/** The path that failed. For one of Snapback’s own temporary files it is the folder that holds the file. */
export function placeOf(failure: Failure, ...names: readonly string[]): string | null {
  return factOf(failure, ...names)?.replace(/[/\\]\.snapback-[^/\\]*$/, '') ?? null;
}

/** The reason that the system gave. */
export function reasonOf(failure: Failure): string | null {
  return factOf(failure, 'reason');
}
