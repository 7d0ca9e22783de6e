import type { ClearedCache } from '../src/model/cache.ts';
import type {
  ConversationLayout,
  ConversationMessage,
  ConversationOverview,
  FieldCorrection,
  FoundMessage,
} from '../src/model/conversation.ts';
import type { Diff } from '../src/model/diff.ts';
import type { ErrorCode, ErrorDetail } from '../src/model/errors.ts';
import type { ExportReceipt, ExportRequest } from '../src/model/export.ts';
import type { FolderFacts } from '../src/model/folder.ts';
import type { Happened } from '../src/model/happened.ts';
import type { ActionHistory, ExportedReceipt } from '../src/model/history.ts';
import type { ProfileCheck } from '../src/model/profile.ts';
import type { Protection, ProtectionState } from '../src/model/protection.ts';
import type {
  EmptiedTrash,
  OnlyCopy,
  PrunePlan,
  PrunePolicy,
  PruneReceipt,
  PutBack,
  PutBackChoice,
  SpaceUse,
  TrashSummary,
  TrashView,
} from '../src/model/prune.ts';
import type { Rehearsal } from '../src/model/rehearsal.ts';
import type {
  CopyReceipt,
  InUse,
  KnownOutcome,
  PlanOutcome,
  Replay,
  RestoreConsents,
  RestoreOptions,
  RestorePlan,
  RestoreReceipt,
} from '../src/model/restore.ts';
import type {
  CellDetail,
  RowsOverview,
  RowsPage,
  RowsRequest,
  RowsShape,
  RowsSubject,
  RowsWindow,
} from '../src/model/rows.ts';
import type { Salvageable, SalvageReceipt } from '../src/model/salvage.ts';
import type {
  Hit,
  RowHistory,
  RowName,
  SearchRequest,
  SearchResult,
  StoredValue,
} from '../src/model/search.ts';
import type { KeptSnapshot, SnapshotId, SnapshotSummary } from '../src/model/snapshots.ts';
import type { Progress } from '../src/model/task.ts';
import type { Timeline } from '../src/model/timeline.ts';

/* Types only: what the window, the main process and the core's process say to each other. Each operation is one line. */

/** Opaque. Only the main process and the core know the folder's path. */
export type FolderId = string;
/** Chosen by whoever asks. Progress and cancel refer to it. */
export type RequestId = string;

export type ErrorInfo = { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorInfo };

/** `place` is the folder's parent, shortened for display (`~/Documents`); no request accepts it. */
export type OpenFolder = {
  readonly folderId: FolderId;
  readonly place: string;
  /** Brief: what takes longer is asked for once the list is there. */
  readonly facts: FolderFacts;
  /** Null: it could not be read. Asking for it tells why. */
  readonly snapshots: readonly ListedSnapshot[] | null;
  /** How a restore ended that was running here when Snapback was last closed or stopped; null: none was. */
  readonly interrupted: KnownOutcome | null;
};
export type Recent = {
  readonly recentId: string;
  readonly name: string;
  readonly place: string;
  readonly demo: boolean;
};
/** A summary without its path. */
export type ListedSnapshot = Omit<SnapshotSummary, 'file'>;
export type TakenSnapshot = {
  readonly id: SnapshotId;
  readonly lastEventId: bigint;
  readonly sizeBytes: number;
};
export type Theme = 'system' | 'light' | 'dark';

/** What a menu item or a shortcut asks the window to do. */
export type MenuCommand =
  | 'open'
  | 'open-backup'
  | 'open-target'
  | 'take'
  | 'restore'
  | 'find'
  | 'undo'
  | 'redo'
  | 'prune'
  | 'trash'
  | 'history'
  | 'protection'
  | 'clear-cache'
  | 'reveal'
  | 'help';

export type StartFacts = {
  readonly version: string;
  /** The name of the folder to open first: from the command line, the last one used, or the demo. Null: the welcome screen. */
  readonly target: string | null;
  readonly recents: readonly Recent[];
  /** Where the demo would be built, for display. */
  readonly demoPlace: string;
  readonly theme: Theme;
  /** True on the older runtime that only development and tests use. */
  readonly developmentRuntime: boolean;
};

/** Moving to the system's trash frees no space until that is emptied. */
type TrashTarget = 'system-trash' | 'deleted';

/** What was salvaged, without its path: only the file's name. */
type SavedFile = Omit<SalvageReceipt, 'file'> & { readonly fileName: string };

type In<Args, Result> = { readonly args: Args; readonly result: Result };
type OfFolder = { readonly folderId: FolderId };
type OfSnapshot = OfFolder & { readonly snapshotId: SnapshotId };
/** The last two conversations of a folder stay open. `plan-stale` for any other. */
type OfChat = OfFolder & { readonly conversationId: string; readonly chat: number };

/** Answered by the main process, because only it can reach the desktop. */
export type DesktopRequests = {
  /** Asks for a file and opens it beside the snapshots; `backup-opened` tells which it is. Also if the dialog was dismissed: null. */
  'backup.choose': In<OfFolder, null>;
  'backup.close': In<OfSnapshot, null>;
  'start.facts': In<Record<never, never>, StartFacts>;
  'folder.open-target': In<Record<never, never>, OpenFolder>;
  /** Null: the dialog was dismissed. */
  'folder.choose': In<{ readonly what: 'folder' | 'database' }, OpenFolder | null>;
  'folder.open-recent': In<{ readonly recentId: string }, OpenFolder>;
  'folder.close': In<OfFolder, null>;
  'folder.reveal': In<OfFolder, null>;
  'recent.forget': In<{ readonly recentId: string }, readonly Recent[]>;
  /** Opens the demo, building it first where there is none yet, or beside it if `fresh`. */
  'demo.open': In<{ readonly fresh: boolean }, OpenFolder>;
  'snapshot.reveal': In<OfSnapshot, null>;
  /** Asks where to save what is whole of a damaged snapshot. Null: the dialog was dismissed. */
  'snapshot.salvage': In<OfSnapshot, SavedFile | null>;
  /**
   * Empties the trash if it still holds what was shown; else `plan-stale`. `refused`: the system has no trash for this
   * place. What it did not take is still there.
   */
  'trash.empty': In<
    OfTrash & { readonly to: TrashTarget },
    EmptiedTrash & { readonly to: TrashTarget; readonly refused: boolean }
  >;
  /** Deletes what is kept of snapshots that were read. It is shared by all folders. */
  'cache.clear': In<Record<never, never>, ClearedCache>;
  /** Asks for a place and exports into a new file there. Null: the dialog was dismissed. */
  'snapshot.export': In<OfSnapshot & ExportRequest, Exported | null>;
  /**
   * Asks for a place and restores into a new file there; the database stays as it is. `planId`: exactly what was shown, or
   * `plan-stale`; null: whatever the plan is. Null: the dialog was dismissed.
   */
  'restore.copy': In<OfCopy, WrittenCopy | null>;
  /** Shows the file that was written last, by its id; any other is refused. */
  'copy.reveal': In<{ readonly copyId: string }, null>;
  /** Asks for a place and writes the receipt of an entry into a new file there. Null: the dialog was dismissed. */
  'history.export': In<OfEntry, WrittenReceipt | null>;
  /** Copies a value or a row of a comparison to the clipboard. */
  'rows.copy': In<Copied, null>;
  /** Remembers what may be done by itself in this folder, and does it from now on. */
  'protection.set': In<OfFolder & Protection, null>;
  /** Which menu items make sense now. */
  'menu.enable': In<{ readonly commands: readonly MenuCommand[] }, null>;
  'theme.set': In<{ readonly theme: Theme }, null>;
};

/** What the person has agreed to. It is not part of a plan's identity. */
type Consents = RestoreConsents & { readonly whileOpen: boolean };

/** What was exported, with the file's name and not its place. */
type Exported = Omit<ExportReceipt, 'file'> & { readonly name: string };

/** A restore into a new file. */
type OfCopy = OfSnapshot & { readonly options: RestoreOptions; readonly planId: string | null };
/** A file that was written, with its name and not its place. */
export type WrittenCopy = Omit<CopyReceipt, 'to'> & { readonly name: string; readonly copyId: string };

/** An entry of the history, and its receipt in words, line by line, as it is shown. */
type OfEntry = OfFolder & { readonly entryId: string; readonly text: readonly string[] };
/** A receipt that was written, with the file's name and not its place. */
type WrittenReceipt = Omit<ExportedReceipt, 'file'> & { readonly name: string };

/** A comparison that was opened; it ends when it is closed or the core's process does. */
type OfRows = { readonly rowsId: string };
/** One value: the column's place in the shape of the rows. */
type OfCell = OfRows & { readonly table: string; readonly line: number; readonly column: number };
type OfSide = { readonly side: 'before' | 'after' };
/** Null: the whole row. */
type Copied = Omit<OfCell, 'column'> & OfSide & { readonly column: number | null };

/** The rows in which two states differ. They belong to the core's requests. */
export type RowsRequests = {
  'rows.open': In<OfFolder & RowsSubject, OfRows & { readonly overview: RowsOverview }>;
  'rows.close': In<OfRows, null>;
  'rows.shape': In<OfRows & { readonly request: RowsRequest }, RowsShape>;
  'rows.page': In<OfRows & { readonly request: RowsRequest; readonly window: RowsWindow }, RowsPage>;
  'rows.changed-columns': In<OfRows & { readonly table: string }, readonly number[]>;
  /** What names the row of a line at any time; null: nothing does. */
  'rows.key': In<OfRows & { readonly table: string; readonly line: number }, readonly StoredValue[] | null>;
  'rows.cell': In<OfCell, CellDetail | null>;
  /** A picture as a `data:` address; null: it is none, or too large. */
  'rows.picture': In<OfCell & OfSide, string | null>;
};

/** Answered by the core process and relayed unchanged. */
type CoreRequests = RowsRequests & {
  'folder.facts': In<OfFolder, FolderFacts>;
  'folder.in-use': In<OfFolder, InUse>;
  /** What is done by itself in the folder while it is open. */
  'folder.protection': In<OfFolder, ProtectionState>;
  'folder.timeline': In<OfFolder, Timeline>;
  /** What is understood of the folder, and what can be done in it. */
  'folder.profile': In<OfFolder, ProfileCheck>;
  /** What was lost, and which snapshot brings back most of it. */
  'folder.happened': In<OfFolder, Happened>;
  /** The events that a restore kept and that the chat app has not applied yet; null: none. */
  'folder.waiting': In<OfFolder, Replay | null>;
  'folder.history': In<OfFolder, ActionHistory>;
  'snapshots.list': In<OfFolder, readonly ListedSnapshot[]>;
  'snapshot.diff': In<OfSnapshot, Diff>;
  /** Hits are told of as they are found; the answer has all of them. */
  'search.run': In<OfFolder & SearchRequest, SearchResult>;
  'row.history': In<OfFolder & RowName, RowHistory>;
  /** Keeps it until somebody moves it to the trash. */
  'snapshot.keep': In<
    OfSnapshot & { readonly label: { readonly name: string | null; readonly note: string | null } },
    KeptSnapshot
  >;
  /** Keeps it while a person decides on it; answers what to release. Null: that is not possible here. */
  'snapshot.hold': In<OfSnapshot, SnapshotId | null>;
  /** False: it stays kept, because it is gone from its own place. */
  'snapshot.release': In<OfSnapshot, boolean>;
  /** Lets go what is kept by itself, for as long as the folder is open. */
  'snapshot.let-go': In<OfSnapshot, null>;
  /** What can be saved of a damaged one. Null: it is not damaged after all. */
  'snapshot.salvageable': In<OfSnapshot, Salvageable | null>;
  'folder.space': In<OfFolder, SpaceUse>;
  /** Compares the messages of one moment. */
  'conversation.open': In<OfSnapshot, ConversationOverview & { readonly conversationId: string }>;
  'conversation.layout': In<OfChat, ConversationLayout>;
  /** Texts are cut after `longest` characters. */
  'conversation.page': In<
    OfChat & { readonly from: number; readonly limit: number; readonly longest: number },
    readonly ConversationMessage[]
  >;
  /** The first place of the next difference; null: there is none. */
  'conversation.difference': In<
    OfChat & { readonly from: number; readonly direction: 'next' | 'previous' },
    number | null
  >;
  /** Where an event can be read, by the key of its row in the log, written as text; null: nowhere. */
  'conversation.find': In<
    OfFolder & { readonly conversationId: string; readonly event: string },
    FoundMessage | null
  >;
  /** Which fields mean what, for the conversations that are opened from now on. */
  'conversation.correct': In<OfFolder & { readonly fields: FieldCorrection }, null>;
  /** The same, and writes it into the folder's profile. */
  'profile.save-fields': In<OfFolder & { readonly fields: FieldCorrection }, null>;
  'snapshot.take': In<OfFolder & { readonly kind: 'rewind' | 'periodic' }, TakenSnapshot>;
  /** Folders in plans and receipts are relative to the data folder. */
  'restore.plan': In<OfSnapshot & { readonly options: RestoreOptions }, RestorePlan>;
  /** `of`: the entry of the history to take back; null: the newest. */
  'undo.plan': In<OfFolder & RestoreConsents & { readonly of: SnapshotId | null }, RestorePlan>;
  /** Does the newest plan of this folder and undoes it in a private copy; `plan-stale` for any other. It stays the newest. */
  'plan.rehearse': In<OfFolder & { readonly planId: string }, Rehearsal>;
  /** Applies the newest plan of this folder exactly and once; `plan-stale` for any other. */
  'plan.apply': In<OfFolder & { readonly planId: string } & Consents, RestoreReceipt>;
  /** How a restore ended, where the core died before it could answer. */
  'plan.outcome': In<OfFolder & { readonly planId: string }, PlanOutcome>;
  'prune.plan': In<OfFolder & { readonly policy: PrunePolicy }, PrunePlan>;
  /** What only these snapshots can bring back. */
  'prune.only-copies': In<OfFolder & { readonly ids: readonly SnapshotId[] }, readonly OnlyCopy[]>;
  'trash.view': In<OfFolder, TrashView>;
  /** What nobody could bring back once the trash is emptied. */
  'trash.only-copies': In<OfTrash, readonly OnlyCopy[]>;
  'trash.put-back': In<OfFolder & { readonly choices: readonly PutBackChoice[] }, PutBack>;
  'prune.apply': In<OfFolder & { readonly planId: string }, PruneReceipt>;
};

/** The trash as it was shown; `plan-stale` if it holds anything else by now. */
type OfTrash = OfFolder & { readonly planId: string };

/** Only between the main process and the core's process, because these contain paths. */
type PrivateRequests = {
  'private.open': In<
    OfFolder & { readonly dir: string; readonly database: string | null; readonly cacheDir: string },
    Pick<OpenFolder, 'facts' | 'snapshots' | 'interrupted'>
  >;
  'private.close': In<OfFolder, null>;
  'private.protect': In<OfFolder & Protection, null>;
  'private.open-backup': In<OfFolder & { readonly path: string }, SnapshotId>;
  'private.close-backup': In<OfSnapshot, null>;
  'private.locate': In<OfSnapshot, string>;
  'private.export': In<OfSnapshot & ExportRequest & { readonly to: string }, Exported>;
  'private.copy-restore': In<OfCopy & { readonly to: string }, CopyReceipt>;
  'private.export-receipt': In<OfEntry & { readonly to: string }, WrittenReceipt>;
  /** What goes to the clipboard. */
  'private.copy': In<Copied, string>;
  /** Finds the demo in `home`, or builds one in a new folder there; answers its path. */
  'private.prepare-demo': In<{ readonly home: string; readonly fresh: boolean }, string>;
  /** What to move to the system's trash: folders with nothing else in them, and single files from other folders. */
  'private.trash': In<OfTrash, { readonly items: readonly string[]; readonly summary: TrashSummary }>;
  'private.empty-trash': In<OfTrash, EmptiedTrash>;
  /** Notes in the history that the system's trash has taken them. */
  'private.note-trashed': In<OfFolder & { readonly files: number; readonly bytes: number }, null>;
  'private.salvage': In<OfSnapshot & { readonly to: string }, SalvageReceipt>;
  'private.clear-cache': In<{ readonly cacheDir: string }, ClearedCache>;
};

type WindowRequests = DesktopRequests & CoreRequests;
export type AllRequests = CoreRequests & PrivateRequests;
export type RequestName = keyof WindowRequests;
export type ArgsOf<N extends keyof (WindowRequests & PrivateRequests)> = (WindowRequests &
  PrivateRequests)[N]['args'];
export type ResultOf<N extends keyof (WindowRequests & PrivateRequests)> = (WindowRequests &
  PrivateRequests)[N]['result'];

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
