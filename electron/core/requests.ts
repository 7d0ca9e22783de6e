import type { SearchTask } from '../../src/index.ts';
import type { AllRequests, ArgsOf, ResultOf } from '../contract.ts';

/** The window first shows the list and asks for what a person waits for. Anything else would only be in the way. */
export const QUIET_AFTER_MS = 500;

export type Handlers = {
  readonly [N in keyof AllRequests]: (args: ArgsOf<N>, task: SearchTask) => Promise<ResultOf<N>>;
};

/** Those whose code is there when the process has started. */
export type FirstHandlers = Pick<
  Handlers,
  | 'private.prepare-demo'
  | 'private.open'
  | 'private.close'
  | 'private.protect'
  | 'folder.facts'
  | 'snapshots.list'
>;
/** Those whose code is fetched later. */
export type LaterHandlers = Omit<Handlers, keyof FirstHandlers>;

/** What the process knows of its environment; nothing below reads it. */
export type CoreEnvironment = {
  readonly nativeBinding: string | undefined;
  readonly sqliteTempDirs: readonly (string | undefined)[];
};
