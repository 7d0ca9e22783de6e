import type { Hit } from '../src/model/search.ts';
import type { SnapshotId } from '../src/model/snapshots.ts';
import type { Progress } from '../src/model/task.ts';
import type { CoreRequests } from './contract/core-requests.ts';
import type { DesktopRequests } from './contract/desktop-requests.ts';
import type { PrivateRequests } from './contract/private-requests.ts';
import type {
  FolderId,
  ListedSnapshot,
  MenuCommand,
  OpenFolder,
  Reply,
  RequestId,
} from './contract/values.ts';

export type { ConflictRequests, RowsRequests } from './contract/core-requests.ts';
export type { DesktopRequests } from './contract/desktop-requests.ts';
export type * from './contract/values.ts';

/*
 * Types only: what the window, the main process and the core's process say to each other. What can be asked for is in
 * `contract/`, by who answers it, one line for each operation.
 */

type WindowRequests = DesktopRequests & CoreRequests;
export type AllRequests = CoreRequests & PrivateRequests;
export type RequestName = keyof WindowRequests;
type Requests = WindowRequests & PrivateRequests;
export type ArgsOf<N extends keyof Requests> = Requests[N]['args'];
export type ResultOf<N extends keyof Requests> = Requests[N]['result'];

/** Sent to the window without a request. */
export type WindowEvent =
  | { readonly type: 'progress'; readonly requestId: RequestId; readonly progress: Progress }
  /** Some hits of a search that goes on. */
  | { readonly type: 'found'; readonly requestId: RequestId; readonly hits: readonly Hit[] }
  | { readonly type: 'changed'; readonly folderId: FolderId; readonly what: 'snapshots' | 'database' }
  | { readonly type: 'snapshot-checked'; readonly folderId: FolderId; readonly snapshot: ListedSnapshot }
  /** A file from anywhere was opened beside the snapshots. */
  | { readonly type: 'backup-opened'; readonly folderId: FolderId; readonly snapshotId: SnapshotId }
  | { readonly type: 'core-stopped' }
  | { readonly type: 'command'; readonly command: MenuCommand };

/** Main to core. */
export type CoreMessage =
  | {
      readonly type: 'request';
      readonly requestId: RequestId;
      readonly name: keyof AllRequests;
      readonly args: unknown;
    }
  | { readonly type: 'cancel'; readonly requestId: RequestId };

/** Core to main. */
export type CoreAnswer =
  | { readonly type: 'reply'; readonly requestId: RequestId; readonly reply: Reply<unknown> }
  | Extract<WindowEvent, { type: 'progress' | 'found' | 'changed' | 'snapshot-checked' }>;

/** All that the window can use. The path of a dropped file stays in the preload script and the main process. */
export type Bridge = {
  readonly request: (requestId: RequestId, name: RequestName, args: unknown) => Promise<Reply<unknown>>;
  /** `beside`: the folder that is open, if one is. A file is opened beside its snapshots; the answer is null then. */
  readonly openDropped: (
    requestId: RequestId,
    file: File,
    beside: FolderId | null,
  ) => Promise<Reply<OpenFolder | null>>;
  readonly cancel: (requestId: RequestId) => void;
  /** Returns a function that stops listening. */
  readonly onEvent: (listener: (event: WindowEvent) => void) => () => void;
};
