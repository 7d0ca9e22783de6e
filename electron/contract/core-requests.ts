import type { ConflictsOverview, ConflictsSubject, ShownConflict } from '../../src/model/conflicts.ts';
import type {
  ConversationLayout,
  ConversationMessage,
  ConversationOverview,
  FieldCorrection,
  FoundMessage,
} from '../../src/model/conversation.ts';
import type { Diff, NewerList } from '../../src/model/diff.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Happened } from '../../src/model/happened.ts';
import type { ActionHistory } from '../../src/model/history.ts';
import type { ProfileCheck } from '../../src/model/profile.ts';
import type { ProtectionState } from '../../src/model/protection.ts';
import type {
  OnlyCopy,
  PrunePlan,
  PrunePolicy,
  PruneReceipt,
  PutBack,
  PutBackChoice,
  SpaceUse,
  TrashView,
} from '../../src/model/prune.ts';
import type { PlanOutcome, RestoreReceipt } from '../../src/model/receipt.ts';
import type { Rehearsal } from '../../src/model/rehearsal.ts';
import type { InUse, Replay, RestoreConsents, RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import type {
  CellDetail,
  NamedRows,
  RowsOverview,
  RowsPage,
  RowsRequest,
  RowsShape,
  RowsSubject,
  RowsWindow,
} from '../../src/model/rows.ts';
import type { Salvageable } from '../../src/model/salvage.ts';
import type {
  RowHistory,
  RowName,
  SearchRequest,
  SearchResult,
  StoredValue,
} from '../../src/model/search.ts';
import type { KeptSnapshot, SnapshotId } from '../../src/model/snapshots.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import type {
  In,
  OfCell,
  OfChat,
  OfConflicts,
  OfFolder,
  OfRows,
  OfSide,
  OfSnapshot,
  OfTrash,
} from './arguments.ts';
import type { ListedSnapshot, TakenSnapshot } from './values.ts';

/** What the person has agreed to. It is not part of a plan's identity. */
type Consents = RestoreConsents & { readonly whileOpen: boolean };

/** The rows in which two states differ. They belong to the core's requests. */
export type RowsRequests = {
  'rows.open': In<OfFolder & RowsSubject, OfRows & { readonly overview: RowsOverview }>;
  'rows.close': In<OfRows, null>;
  'rows.shape': In<OfRows & { readonly request: RowsRequest }, RowsShape>;
  'rows.page': In<OfRows & { readonly request: RowsRequest; readonly window: RowsWindow }, RowsPage>;
  'rows.changed-columns': In<OfRows & { readonly table: string }, readonly number[]>;
  /** What names the row of a line at any time; null: nothing does. */
  'rows.key': In<OfRows & { readonly table: string; readonly line: number }, readonly StoredValue[] | null>;
  /** The same for many rows by their places in what is shown. */
  'rows.named': In<
    OfRows & { readonly request: RowsRequest; readonly range: Pick<RowsWindow, 'offset' | 'limit'> },
    NamedRows
  >;
  /** The place of the row that a key names in what is shown; null: it is not there. */
  'rows.place': In<OfRows & { readonly request: RowsRequest } & Pick<RowName, 'key'>, number | null>;
  'rows.cell': In<OfCell, CellDetail | null>;
  /** A picture as a `data:` address; null: it is none, or too large. */
  'rows.picture': In<OfCell & OfSide, string | null>;
};

/** The rows that both sides of a merge changed. They are opened like a comparison, and belong to the core's requests. */
export type ConflictRequests = {
  'conflicts.open': In<OfFolder & ConflictsSubject, OfConflicts & { readonly overview: ConflictsOverview }>;
  'conflicts.page': In<
    OfConflicts & { readonly table: string; readonly offset: number; readonly limit: number },
    readonly ShownConflict[]
  >;
  'conflicts.close': In<OfConflicts, null>;
};

/** Answered by the core process and relayed unchanged. */
export type CoreRequests = RowsRequests &
  ConflictRequests & {
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
    /** The lost events between two places, both included; more than can be restored at once if there are more than 10,000. */
    'conversation.lost': In<
      OfChat & { readonly from: number; readonly to: number },
      readonly (bigint | string)[]
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
    /** What was written since a snapshot, for a person to choose what of it stays. */
    'restore.newer': In<OfSnapshot, NewerList>;
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
