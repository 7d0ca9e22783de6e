/** The part of a profile that faces put into words: what rows are called, and how long snapshots stay. */
export type Rules = {
  /** What one row of a table is called, and what several are. Rows of tables that are not listed are “entries”. */
  readonly nouns: readonly { readonly table: string; readonly one: string; readonly many: string }[];
  readonly periodic: { readonly everyEvents: number; readonly everySeconds: number; readonly keep: number };
  readonly rewind: { readonly keepDays: number };
  /** For safety copies: no policy takes the newest `keep`, nor any younger than `keepDays`. */
  readonly restore: { readonly keep: number; readonly keepDays: number };
};
