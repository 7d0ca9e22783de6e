import type { ErrorCode, ErrorDetail } from '../model/errors.ts';
import type { Input, JobName } from './jobs.ts';

/** What the thread is asked. Its answer has the same `id`. */
export type Request<N extends JobName> = {
  readonly id: number;
  readonly name: N;
  readonly input: Input<N>;
};

/** An error crosses as data. */
export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail: ErrorDetail;
    };
