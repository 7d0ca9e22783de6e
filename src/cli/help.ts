/** What `help` prints. */
export const help = `Snapback shows what an event-sourced chat database looked like at earlier moments and brings any of it back.

Usage: npm run --silent snapback -- COMMAND --data DIR [OPTION...]

Look
  list [--check]              snapshots by kind, newest first; --check reads every one of them
  show ID                     one snapshot, read from its bytes
  verify ID...                reads snapshots to the end; exit 1 if one is damaged
  diff ID                     what restoring it would change, table by table

Take
  take [--kind KIND]          takes a snapshot: rewind (the default) or periodic
  take --if-due               takes a periodic one only if the policy asks for it, and keeps the newest

Restore
  restore ID [--mode MODE]    prints the plan; MODE is full (the default) or projections (the event log stays)
  undo                        prints the plan that takes the last restore (or undo) back
    --yes                     does it: safety copy first, verified before it is committed
    --plan-id PLAN            does exactly this plan, or refuses; goes with --yes
    --while-open              even though another program has the database open
    --accept-drift            even though values have no place in the tables of now, rows will point to nothing,
                              or nothing tells whether values were bytes or text
    --accept-other-timeline   even though newer events are lost to a snapshot that went a separate way
    --clear-table NAME        empties a table that the snapshot has as an empty list (may be repeated)
    --rewrite differing|all   writes only rows that differ (the default), or all; the result is the same

Tidy up
  prune --kind K --keep N           prints what would go: all but the newest N
  prune --kind K --older-than DAYS  or those older than DAYS
  prune ID...                       or these
    --yes [--plan-id PLAN]          moves them to the trash in the data folder
  empty-trash [--yes]               frees the space; they cannot come back then

Other
  demo DIR                    builds a sample data folder with a mistaken rewind in it
  help, --version

Options for all
  --data DIR                  the data folder
  --db FILE                   its database, where there are several
  --json                      one JSON document on stdout and nothing else

A snapshot's ID is <kind>/<file name without .json>. Exit: 0 done, 1 refused or failed, 2 wrong usage.`;
