import type { AnyDatabase } from '../sqlite/database.ts';
import { type KnownDatabase, readSchema } from '../sqlite/schema.ts';
import type { Profile } from './profile.ts';

/** The host's database, or a copy of it, with what is needed to understand its tables. */
export type HostDatabase<Db extends AnyDatabase = AnyDatabase> = KnownDatabase<Db> & {
  readonly profile: Profile;
};

/** Reads the schema of a database of the host. @throws as `readSchema` */
export function readHostDatabase<Db extends AnyDatabase>(db: Db, profile: Profile): HostDatabase<Db> {
  return { db, schema: readSchema(db), profile };
}
