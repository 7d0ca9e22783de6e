import { profileSchema } from '../../src/host/profile-schema.ts';

/** A key of the profile, such as `log.columns.id` or `nouns[].one`. */
export type ProfileKey = {
  readonly key: string;
  /** It has keys of its own. */
  readonly isSection: boolean;
  readonly isNullable: boolean;
};

/** Every key that the schema of a profile has, a section before its own keys. */
export function profileKeys(): readonly ProfileKey[] {
  return keysOf('', profileSchema);
}

function keysOf(path: string, schema: unknown): readonly ProfileKey[] {
  const layers = layersOf(schema);
  const find = (name: string): unknown =>
    layers.map((layer): unknown => Reflect.get(layer, name)).find((value) => typeof value === 'object');
  const [entries, item] = [find('entries'), find('item')];
  // A list of names has no keys of its own.
  if (item !== undefined)
    return [
      describe(path, false, layers),
      ...keysOf(`${path}[]`, item).filter(({ key }) => key !== `${path}[]`),
    ];
  if (typeof entries !== 'object' || entries === null) return [describe(path, false, layers)];
  const inner = Object.entries(entries).flatMap(([name, member]) =>
    keysOf(path === '' ? name : `${path}.${name}`, member),
  );
  return path === '' ? inner : [describe(path, true, layers), ...inner];
}

function describe(key: string, isSection: boolean, layers: readonly object[]): ProfileKey {
  return { key, isSection, isNullable: layers.some((layer) => Reflect.get(layer, 'type') === 'nullable') };
}

/** A schema and those that it wraps or pipes into each other. */
function layersOf(schema: unknown): readonly object[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const piped: unknown = Reflect.get(schema, 'pipe');
  const inside: readonly unknown[] = [...(Array.isArray(piped) ? piped : []), Reflect.get(schema, 'wrapped')];
  return [schema, ...inside.flatMap(layersOf)];
}
