import type { ExportFormat } from '../model/export.ts';
import type { PrunePolicy, PutBackChoice } from '../model/prune.ts';
import type { RestoreConsents, RestoreOptions } from '../model/restore.ts';
import type { SalvageFormat } from '../model/salvage.ts';
import type { SearchRequest, StoredValue } from '../model/search.ts';
import type { Since } from './option-values.ts';
import type { CommandName } from './options.ts';

/** What commands that change something take. */
export type Applied = {
  readonly yes: boolean;
  /** Apply exactly this plan, or refuse. */
  readonly planId: string | null;
};

/** Which snapshots to list. Null does not restrict the list. */
export type ListFilter = {
  readonly kind: string | null;
  readonly since: Since | null;
  readonly limit: number | null;
};

/** A command and its arguments. Snapshots are named as the person wrote them; the data folder is needed to resolve them. */
export type Command =
  | { readonly name: 'help'; readonly about: CommandName | null }
  | { readonly name: 'version' }
  | { readonly name: 'demo'; readonly dir: string }
  | { readonly name: 'cache'; readonly clear: boolean }
  | { readonly name: 'profile'; readonly action: 'check'; readonly dir: string }
  /** `to` null: only print it. */
  | {
      readonly name: 'profile';
      readonly action: 'draft';
      readonly dir: string;
      readonly to: string | null;
    }
  | { readonly name: 'status' }
  | { readonly name: 'list'; readonly check: boolean; readonly filter: ListFilter }
  /** `chat` null: the snapshot as a whole. */
  | { readonly name: 'show'; readonly id: string; readonly chat: string | null }
  | {
      readonly name: 'diff';
      readonly id: string;
      /** Null: the database as it is now. */
      readonly otherId: string | null;
      /** Null: the figures of all tables; else the rows of this one. */
      readonly table: string | null;
      readonly offset: number;
      readonly limit: number;
    }
  /** `files`: opened and searched like the snapshots of the folder. */
  | { readonly name: 'search'; readonly request: SearchRequest; readonly files: readonly string[] }
  /** Either the versions of a row, or what was done here: all of it, or one entry, which may be written into a file. */
  | {
      readonly name: 'history';
      readonly row: { readonly table: string; readonly key: readonly StoredValue[] } | null;
      readonly entry: string | null;
      readonly to: string | null;
    }
  | { readonly name: 'verify'; readonly ids: readonly string[] }
  | { readonly name: 'take'; readonly kind: 'rewind' | 'periodic'; readonly ifDue: boolean }
  | ({
      readonly name: 'restore';
      readonly id: string;
      readonly options: RestoreOptions;
      /** The file that names the rows to restore; null: the options say what is restored. */
      readonly rowsIn: string | null;
      /** The file that says what a merge takes of the rows that both sides changed; null: the options say it. */
      readonly choicesIn: string | null;
      readonly whileOpen: boolean;
      /** A new file to restore into; null: the database itself. */
      readonly to: string | null;
      readonly rehearse: boolean;
      /** What the new file starts from instead of the database; null: the database. */
      readonly startFrom: string | null;
    } & Applied)
  /** `of`: the entry of the history to take back; null: the newest. */
  | ({
      readonly name: 'undo';
      readonly of: string | null;
      readonly whileOpen: boolean;
      readonly rehearse: boolean;
    } & RestoreConsents &
      Applied)
  /** `to` null: only show what can be saved. */
  | {
      readonly name: 'export';
      readonly id: string;
      readonly format: ExportFormat;
      readonly table: string | null;
      readonly to: string;
    }
  | {
      readonly name: 'salvage';
      readonly id: string;
      readonly to: string | null;
      readonly format: SalvageFormat;
    }
  | {
      readonly name: 'keep';
      readonly id: string;
      readonly label: { readonly name: string | null; readonly note: string | null };
    }
  /** `onlyCopies`: moves also what no other snapshot can bring back. */
  | ({ readonly name: 'prune'; readonly policy: PrunePolicy; readonly onlyCopies: boolean } & Applied)
  /** `choice` null: only list what can be put back. */
  | { readonly name: 'put-back'; readonly choice: PutBackChoice | null }
  /** `onlyCopies`: deletes also what no other snapshot can bring back. */
  | ({ readonly name: 'empty-trash'; readonly onlyCopies: boolean } & Applied)
  | { readonly name: 'space' };

/** A command that needs the core. */
export type WorkingCommand = Exclude<Command, { readonly name: 'help' | 'version' }>;

/** A command that works in a data folder. */
export type FolderCommand = Exclude<WorkingCommand, { readonly name: 'cache' | 'demo' | 'profile' }>;
