import type { HostDatabase } from '../host/host-database.ts';
import { identityOf, repeatsIds } from '../log/events.ts';
import type { Diff } from '../model/diff.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { sameValue } from '../sqlite/same-values.ts';
import { STAGE_SCHEMA } from '../stage/layout.ts';
import { columnInStage } from '../stage/staged-table.ts';
import { type Comparison, joinLive } from './compare-table.ts';

/** Which events of a snapshot and of the live log are the same. These have equal id, time, kind and payload. */
export type EventMatch = {
  /**
   * The log's comparison, counted by events: `added` counts those that the live log lacks, `removed` those that the snapshot
   * lacks, and `changed` those that both have, with other flags.
   */
  readonly log: Comparison;
  /** A temporary table with the identities (`i0`…) of the live events that the snapshot lacks. */
  readonly newer: string;
  /** A temporary table with the rowids in the stage (`ord`) of the snapshot's events that the live log lacks. */
  readonly missing: string;
  /** A temporary view of events that both have, with other flags: `ord`, and the identity (`i0`…) of the live row. */
  readonly reflagged: string;
  /** `same`: up to the end of the shorter log both have the same events. */
  readonly lineage: Diff['lineage'];
};

const PAIRED = 'temp.snapback_events_paired';
const HERE = 'temp.snapback_events_here';
const THERE = 'temp.snapback_events_there';
const BOTH = 'temp.snapback_events_both';
const NEWER = 'temp.snapback_events_newer';
const REFLAGGED = 'temp.snapback_events_reflagged';

/**
 * Matches the events that a comparison of the log found to differ, one to one. Neither ids nor rows tell events apart: a
 * host may reuse an id, and a log may have no key. Rows that did not differ hold the same events and are not looked at.
 * Writes temporary tables only.
 */
export function matchEvents(database: HostDatabase, log: Comparison): EventMatch {
  const { db, profile } = database;
  const { live, name, columns } = log.staged;
  // A column that one side lacks can't tell events apart.
  const shared = identityOf(live, profile).flatMap((column) => {
    const place = column === null ? -1 : columns.indexOf(column);
    return column === null || place === -1
      ? []
      : [{ here: `l.${quoteName(column)}`, there: `s.${columnInStage(log.staged, place)}` }];
  });
  const [first] = shared;
  const keys = log.identity.map((_, index) => `i${index}`);
  const unpaired = `differs AND rowid NOT IN (SELECT line FROM ${PAIRED})`;
  // Each line has a number of its own: even ones are of the first part, odd ones of the second.
  const differing = `SELECT rowid * 2 AS line, ${keys.join(', ')} FROM ${log.gone}
    UNION ALL SELECT rowid * 2 + 1, ${keys.join(', ')} FROM ${log.put} WHERE survivor AND ${unpaired}`;
  const here = `FROM (${differing}) d ${joinLive(log, 'd')}`;
  const event = first?.here ?? 'NULL';
  const staged = `${STAGE_SCHEMA}.${name}`;
  const equal = ['true', ...shared.map(({ here, there }) => sameValue(here, there))].join(' AND ');
  // Most rows that differ hold the same event with other flags. What is left is matched whatever its row. Only live events
  // that one of the snapshot's could be are numbered: of millions written since, mostly none.
  db.exec(`
    DROP VIEW IF EXISTS ${REFLAGGED};
    ${[PAIRED, HERE, THERE, BOTH, NEWER].map((table) => `DROP TABLE IF EXISTS ${table};`).join(' ')}
    CREATE TEMP TABLE ${bare(PAIRED)} (line INTEGER PRIMARY KEY);
    INSERT INTO ${PAIRED}
      SELECT p.rowid FROM ${log.put} p CROSS JOIN ${staged} s ON s.rowid = p.ord ${joinLive(log, 'p')}
      WHERE p.survivor AND p.differs AND ${equal};
    CREATE TEMP TABLE ${bare(THERE)} AS
      SELECT s.rowid AS ord, ${first?.there ?? 'NULL'} AS event, ${nthOfItsLike(shared.map(({ there }) => there))} AS nth
      FROM (SELECT ord FROM ${log.put} WHERE ${unpaired}) p CROSS JOIN ${staged} s ON s.rowid = p.ord;
    CREATE INDEX ${THERE}_event ON ${bare(THERE)} (event);
    CREATE TEMP TABLE ${bare(HERE)} AS
      SELECT d.line, ${keys.map((key) => `d.${key} AS ${key}`).join(', ')}, ${event} AS event,
        ${nthOfItsLike(shared.map(({ here }) => here))} AS nth
      ${here} WHERE EXISTS (SELECT 1 FROM ${THERE} t WHERE t.event IS ${event});
    CREATE INDEX ${HERE}_event ON ${bare(HERE)} (event, nth);
    CREATE TEMP TABLE ${bare(BOTH)} AS
      SELECT h.rowid AS here, h.line AS line, t.rowid AS there, t.ord AS ord
      FROM ${THERE} t CROSS JOIN ${HERE} h ON h.event IS t.event AND h.nth = t.nth
        CROSS JOIN ${staged} s ON s.rowid = t.ord ${joinLive(log, 'h')}
      WHERE ${equal};
    CREATE TEMP TABLE ${bare(NEWER)} AS
      SELECT ${keys.map((key) => `d.${key} AS ${key}`).join(', ')}, ${event} AS event
      ${here} WHERE d.line NOT IN (SELECT line FROM ${BOTH});
    CREATE TEMP VIEW ${bare(REFLAGGED)} AS
      SELECT ${['ord', ...keys].join(', ')} FROM ${log.put} WHERE rowid IN (SELECT line FROM ${PAIRED})
      UNION ALL
      SELECT ${['b.ord', ...keys.map((key) => `h.${key}`)].join(', ')} FROM ${BOTH} b CROSS JOIN ${HERE} h ON h.rowid = b.here;
    DELETE FROM ${THERE} WHERE rowid IN (SELECT there FROM ${BOTH})`);
  const count = (table: string): number =>
    Number(db.prepare<[], unknown>(`SELECT count(*) FROM ${table}`).pluck().get());
  return {
    log: { ...log, added: count(THERE), removed: count(NEWER), changed: count(PAIRED) + count(BOTH) },
    newer: NEWER,
    missing: THERE,
    reflagged: REFLAGGED,
    lineage: partsWays(database, log) ? 'other' : 'same',
  };
}

/**
 * Whether the two logs went different ways: each has events that the other lacks, before the other one ends. Ids that are
 * no integers, or only a part of the key, have no meaningful order; then it counts that each has any.
 */
function partsWays({ db, profile }: HostDatabase, { staged }: Comparison): boolean {
  const { live, name, columns } = staged;
  const id = placeOfName(columns, profile.log.columns.id);
  if (id === -1) return false;
  const lastHere = `SELECT max(${quoteName(profile.log.columns.id)}) FROM main.${quoteName(live.name)}`;
  const lastThere = `SELECT max(${columnInStage(staged, id)}) FROM ${STAGE_SCHEMA}.${name}`;
  const has = (table: string, what: string) => `EXISTS (SELECT 1 FROM ${table} WHERE typeof(event) ${what})`;
  const theirs = { schemaName: STAGE_SCHEMA, table: name, column: columnInStage(staged, id) };
  if (repeatsIds(db, live, { column: profile.log.columns.id, staged: theirs }))
    return (
      db.prepare(`SELECT 1 WHERE ${has(NEWER, 'NOT NULL')} AND ${has(THERE, 'NOT NULL')}`).get() !== undefined
    );
  return (
    db
      .prepare<[], unknown>(
        `SELECT ${has(NEWER, `= 'integer' AND event <= (${lastThere})`)}
           OR ${has(THERE, `= 'integer' AND event <= (${lastHere})`)}
           OR (${has(NEWER, "<> 'integer'")} AND ${has(THERE, "<> 'integer'")})`,
      )
      .pluck()
      .get() === 1
  );
}

/** Whether a live event makes way for another one of the snapshot that has its key. @throws database errors */
export function replacesEvent({ db }: Pick<HostDatabase, 'db'>, { log, newer }: EventMatch): boolean {
  const same = log.identity.map((_, index) => `p.i${index} IS n.i${index}`).join(' AND ');
  const found = db.prepare(`SELECT 1 FROM ${newer} n JOIN ${log.put} p ON ${same} WHERE p.survivor LIMIT 1`);
  return found.get() !== undefined;
}

/** SQL: numbers the rows that share all these values, so that the n-th here can be paired with the n-th there. */
function nthOfItsLike(values: readonly string[]): string {
  const parts = values.flatMap((value) => [
    `typeof(${value})`,
    `${value} COLLATE BINARY`,
    // As sameValue: 0.0 and -0.0 are two.
    `iif(typeof(${value}) = 'real' AND ${value} COLLATE BINARY = 0.0, atan2(${value}, -1) > 0, 0)`,
  ]);
  return `row_number() OVER (${parts.length === 0 ? '' : `PARTITION BY ${parts.join(', ')}`})`;
}

function bare(name: string): string {
  return name.replace(/^temp\./, '');
}
