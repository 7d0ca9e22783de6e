/** What is kept of snapshots that were read. */
export type CacheState = {
  /** Absolute path. Never crosses to the window. */
  readonly folder: string;
  /** How many snapshots. */
  readonly stages: number;
  readonly bytes: number;
  /** How much may be kept as the disk is now. */
  readonly mostBytes: number;
};

export type ClearedCache = { readonly freedBytes: number };
