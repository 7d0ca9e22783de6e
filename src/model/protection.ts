/** What Snapback may do by itself in a folder while it is open. Both are off until a person says otherwise. */
export type Protection = {
  /** Take a checkpoint when one is due by the host's rule. */
  readonly take: boolean;
  /** Move to the trash what the host's rules prune. Nothing is deleted. */
  readonly tidy: boolean;
};

/** How the newest look ended that was made for this. */
export type ProtectionLook = {
  readonly at: string;
  readonly taken: boolean;
  /** How many snapshots were moved to the trash. */
  readonly moved: number;
  /** Somebody was writing, restoring or taking a snapshot just then: it is looked again a little later. */
  readonly busy: boolean;
  /** What could not be done, and why, in plain sentences. */
  readonly notes: readonly string[];
};

/** What is set, and how the newest look ended; null: nothing was looked at yet. */
export type ProtectionState = Protection & { readonly last: ProtectionLook | null };
