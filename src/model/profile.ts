import type { FieldChoice } from './conversation.ts';

/** What an event's column can mean, as a profile calls it. */
export type LogMeaning = 'id' | 'branch' | 'ts' | 'kind' | 'payload' | 'supersededBy' | 'hidden';

/** What can be done with snapshots of a folder. They can always be compared. */
type Ability = 'take' | 'restore' | 'keep-newer';

/**
 * Why something cannot be done. `ids`: the ids of events are not whole numbers. `part-of-key`: they are only a part of the key. `elsewhere`: a part of what events hold is in another table than the log. `unreadable`: a table of the profile cannot be
 * read here. `synced`: the profile says that other devices write to the database. `no-places`: the log lacks the columns of
 * the profile's `sequence`. `needs-host`: a table cannot be written without the application. `no-replay`: the profile says that the application does not apply its log when it starts. `no-gaps`: it wants
 * ids without gaps, so that nothing can be kept where the record of a rewind has to go.
 */
type ProfileObstacle =
  | 'ids'
  | 'part-of-key'
  | 'elsewhere'
  | 'unreadable'
  | 'needs-host'
  | 'synced'
  | 'no-replay'
  | 'no-gaps'
  | 'no-places';

/** Something in the schema that only the application has. */
export type HostNeed = { readonly what: 'function' | 'collation' | 'module'; readonly name: string };

/** What is understood of a data folder: its profile, held against its database. */
export type ProfileCheck = {
  /** Whether the folder has a profile of its own. */
  readonly own: boolean;
  readonly database: string;
  readonly log: {
    readonly table: string;
    /** The log's columns by what they mean; of another table, with its name before it; null where there is none. */
    readonly columns: Readonly<Record<LogMeaning, string | null>>;
    /** The column by which the events follow each other; null: by their ids where these are whole numbers, else as they stand. */
    readonly order: string | null;
    readonly wholeNumberIds: boolean;
    /** The form of ids that hold the time; null: they do not. */
    readonly timeInId: 'ulid' | 'uuid' | 'snowflake' | null;
    /** The other tables in which a part of what its events hold is. */
    readonly second: readonly string[];
    /** The columns of its key, where the id is only one of them; else null. */
    readonly key: readonly string[] | null;
    /** The profile says that only the application can read what the payloads hold. */
    readonly opaque: boolean;
    /** How many of its events were looked at. */
    readonly looked: number;
  };
  /** Which fields mean the chat, the speaker, the text and the time, and in how many of those events they are found. */
  readonly fields: readonly (FieldChoice & { readonly found: number })[];
  /** Where the chat of an event is in the value that names it; null: all of it. */
  readonly chatKey: { readonly prefix: string; readonly separator: string } | null;
  /** Where chats have their names; null: nowhere. */
  readonly names: { readonly table: string; readonly column: string } | null;
  readonly tables: {
    readonly found: readonly string[];
    /** The profile names them, and the database has none of that name: the application may create them later. */
    readonly missing: readonly string[];
    readonly unreadable: readonly string[];
    /** They can be read here, and not be written: they need what only the application has. Empty where SQLite does not name it. */
    readonly needHost: readonly { readonly table: string; readonly needs: readonly HostNeed[] }[];
    /** The profile does not name them, so that no restore writes to them. */
    readonly left: readonly string[];
  };
  /** The tables of which no row can change in a restore, because the application refers to row numbers that no column holds. */
  readonly rowids: readonly string[];
  /** The references that only the profile declares. */
  readonly references: readonly { readonly from: string; readonly to: string }[];
  /** The columns that triggers keep up, as the schema tells. None of them runs in a restore. */
  readonly kept: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    readonly by: readonly { readonly trigger: string; readonly table: string }[];
  }[];
  /** How a rewind is recognized, besides by the events that are missing afterwards. */
  readonly rewind: {
    /** The kinds of its records; null: the log has no kinds. */
    readonly kinds: readonly string[] | null;
    /** How many such records are among the events that were looked at. */
    readonly records: number;
    /** The columns that flag events. */
    readonly flags: readonly string[];
    /** The column by which the profile says that events are taken back, and its values; null: any. `missing`: the log lacks it. */
    readonly marker: {
      readonly column: string;
      readonly takenBack: readonly (string | number)[] | null;
      readonly missing: boolean;
    } | null;
  };
  /** The first obstacle to each; null: none. */
  readonly obstacles: Readonly<Record<Ability, ProfileObstacle | null>>;
};

/** A drafted profile: the content of its file, and what is understood with it. */
export type ProfileDraft = { readonly profile: object; readonly check: ProfileCheck };
