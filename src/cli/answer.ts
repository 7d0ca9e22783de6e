import type { SnapbackError } from '../model/errors.ts';

/** The answer of a command, as data and as lines of text. With `failure`, the command has an answer but still failed. */
export type Answer = {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly failure?: SnapbackError;
};

/** An answer that is too long to be held: its text, piece by piece. It must be read to its end, or returned. */
export type StreamedAnswer = { readonly stream: (json: boolean) => AsyncGenerator<string> };
