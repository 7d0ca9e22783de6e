import type { SnapbackError } from '../model/errors.ts';

/** The answer of a command, as data and as lines of text. With `failure`, the command has an answer but still failed. */
export type Answer = {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly failure?: SnapbackError;
};
