import { foldName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import { describeTrigger, type Trigger } from './parse-schema.ts';

/** Columns of a table that a trigger of another table sets, such as the number of messages of a chat. */
export type KeptColumns = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly by: readonly { readonly trigger: string; readonly table: string }[];
};

/** The columns that triggers keep up, as the schema tells. A trigger that sets columns of its own table does not count. */
export function findKeptColumns(schema: Schema): readonly KeptColumns[] {
  const all = schema.triggers.map(describeTrigger);
  return [...schema.tables.values()].flatMap(({ name }): readonly KeptColumns[] => {
    const by = all.filter(
      (trigger) =>
        foldName(trigger.object.table) !== foldName(name) && columnsSetIn(name, [trigger]).length > 0,
    );
    if (by.length === 0) return [];
    return [
      {
        table: name,
        columns: columnsSetIn(name, by),
        by: by.map(({ object }) => ({ trigger: object.name, table: object.table })),
      },
    ];
  });
}

/** The columns of a table that these triggers set, each once. */
export function columnsSetIn(table: string, triggers: readonly Trigger[]): readonly string[] {
  const set = triggers.flatMap(({ statements }) =>
    statements.flatMap(({ target, columns }) =>
      target !== null && foldName(target) === foldName(table) ? columns : [],
    ),
  );
  return [...new Map(set.map((column) => [foldName(column), column])).values()];
}
