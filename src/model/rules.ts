/** What of a profile is spoken of: what rows are called, and how long snapshots stay. */
export type Rules = {
  /** What one row of a table is called, and several; a table that is not named here has just entries. */
  readonly nouns: readonly { readonly table: string; readonly one: string; readonly many: string }[];
  readonly periodic: { readonly everyEvents: number; readonly everySeconds: number; readonly keep: number };
  readonly rewind: { readonly keepDays: number };
  /** Safety copies: no policy takes the newest `keep` of them, nor those younger than `keepDays`. */
  readonly restore: { readonly keep: number; readonly keepDays: number };
};
