import type { ErrorCode } from '../../src/index.ts';
import type { ArgsOf, DesktopRequests, Reply, RequestId, ResultOf } from '../contract.ts';

export type DesktopHandlers = {
  readonly [N in keyof DesktopRequests]: (
    args: ArgsOf<N>,
    requestId: RequestId,
  ) => Promise<Reply<ResultOf<N>>>;
};

export function done<T>(value: T): Reply<T> {
  return { ok: true, value };
}

export function failed(code: ErrorCode, message: string): Reply<never> {
  return { ok: false, error: { code, message, detail: {} } };
}

export const notOpen = failed('data-folder-missing', 'This folder is not open.');
