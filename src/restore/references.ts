import type { HostDatabase } from '../host/host-database.ts';
import { type Profile, splitReference } from '../host/profile.ts';
import { foldName, placeOfName, quoteName } from '../sqlite/names.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { columnInStage } from '../stage/staged-table.ts';

/** Rows of one table that refer to rows of another, both in the snapshot. */
export type Reference = {
  readonly child: StagedTable;
  readonly parent: StagedTable;
  /** Which columns of the child name which of the parent, by their live names. */
  readonly pairs: readonly { readonly from: string; readonly to: string }[];
  /** Numbers and texts with the same digits name the same row: so does a column that only the profile declares. */
  readonly asText: boolean;
};

type KeyPart = {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
};

/** The foreign keys that the schema declares between these tables. Those with a column that the snapshot lacks are left out. */
export function findForeignKeys({ db }: HostDatabase, tables: readonly StagedTable[]): readonly Reference[] {
  const parts = db.prepare<[string], KeyPart>(
    `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq`,
  );
  return tables.flatMap((child): readonly Reference[] =>
    [...Map.groupBy(parts.all(child.live.name), ({ id }) => id).values()].flatMap((key) => {
      const parent = tables.find(({ live }) => foldName(live.name) === foldName(key[0]?.table ?? ''));
      if (parent === undefined) return [];
      // Without columns, a key refers to the primary key.
      const pairs = key.map(({ from, to }, index) => ({ from, to: to ?? parent.live.key[index] ?? '' }));
      const isThere = pairs.every(
        ({ from, to }) => placeOfName(child.columns, from) !== -1 && placeOfName(parent.columns, to) !== -1,
      );
      return isThere ? [{ child, parent, pairs, asText: false }] : [];
    }),
  );
}

/** The references that the profile declares, as if the schema did. Those with a column that the snapshot lacks are left out. */
export function findDeclared(
  { profile }: HostDatabase,
  tables: readonly StagedTable[],
): readonly Reference[] {
  const declaredOrJoined = [...profile.references, ...joinedReferences(profile)];
  return declaredOrJoined.flatMap((declared): readonly Reference[] => {
    const [child, parent] = [declared.from, declared.to].map((side) => {
      const { table, column } = splitReference(side);
      const staged = tables.find(({ live }) => foldName(live.name) === foldName(table));
      const name = staged?.columns[placeOfName(staged.columns, column)];
      return staged === undefined || name === undefined ? null : { staged, name };
    });
    return child == null || parent == null
      ? []
      : [
          {
            child: child.staged,
            parent: parent.staged,
            pairs: [{ from: child.name, to: parent.name }],
            asText: false,
          },
        ];
  });
}

/** An event needs its row in a second table, and where that is found by the event's id, it belongs to the event, too. */
function joinedReferences({ log }: Profile): Profile['references'] {
  return log.joined.flatMap(({ by, table, key }) => {
    const [event, second] = [`${log.table}.${by}`, `${table}.${key}`];
    const isOwn = foldName(by) === foldName(log.columns.id);
    return [{ from: event, to: second }, ...(isOwn ? [{ from: second, to: event }] : [])];
  });
}

/** The columns of projected tables that the profile declares to name the event that a row belongs to. */
export function findEventColumns(
  { profile }: HostDatabase,
  tables: readonly StagedTable[],
): readonly Reference[] {
  const to = profile.log.columns.id;
  const log = tables.find(({ role, columns }) => role === 'log' && placeOfName(columns, to) !== -1);
  if (log === undefined) return [];
  return tables.flatMap((child): readonly Reference[] =>
    child.role === 'log'
      ? []
      : profile.chat.payloadEvent.flatMap((name) => {
          const from = child.columns[placeOfName(child.columns, name)];
          return from === undefined ? [] : [{ child, parent: log, pairs: [{ from, to }], asText: true }];
        }),
  );
}

/** SQL: the values of a child, to be looked for among those of parents. As in a foreign key, the parent says what is equal. */
export function valuesToFind(
  reference: Reference,
  alias: { readonly staged: string } | { readonly live: string },
): string {
  const { parent, pairs, asText } = reference;
  const values = valuesOf(reference, 'child', alias).map((value, index) => {
    const column = parent.live.columns.find(
      ({ name }) => foldName(name) === foldName(pairs[index]?.to ?? ''),
    );
    return asText || column === undefined ? value : `${value} COLLATE ${quoteName(column.keyCollation)}`;
  });
  return values.length === 1 ? values.join() : `(${values.join(', ')})`;
}

/** SQL: the values by which a reference's rows are matched, each side as the snapshot or the live table (`alias`) has it. */
export function valuesOf(
  { child, parent, pairs, asText }: Reference,
  side: 'child' | 'parent',
  alias: { readonly staged: string } | { readonly live: string },
): readonly string[] {
  const table = side === 'child' ? child : parent;
  return pairs.map(({ from, to }) => {
    const column = side === 'child' ? from : to;
    const value =
      'live' in alias
        ? `${alias.live}.${quoteName(column)}`
        : `${alias.staged}.${columnInStage(table, placeOfName(table.columns, column))}`;
    return asText ? `CAST(${value} AS TEXT)` : value;
  });
}
