import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { type Call, doAsync, doSync, type PointKind } from './inject.ts';
import { pathOfDescriptor } from './wrap-files.ts';

/* better-sqlite3's own functions become points. What SQLite itself does to files within one of them is one step here. */

type AnyCall = (...args: readonly unknown[]) => unknown;

const require = createRequire(import.meta.url);
const path = require.resolve('better-sqlite3');
const Original: typeof Database = require(path);
const plainExec = Original.prototype.exec;

const READING = /^\s*(?:SELECT|EXPLAIN|WITH|VALUES|ATTACH|DETACH)/i;
/** Settings of the connection alone, and questions. */
const WRITING_PRAGMA = /user_version =|journal_mode =|wal_checkpoint|encoding =/;

function kindOf(sql: string): PointKind {
  if (/^\s*(?:COMMIT|END)\b/i.test(sql)) return 'sql-commit';
  if (/^\s*(?:BEGIN|SAVEPOINT)\b/i.test(sql)) return 'sql-begin';
  return READING.test(sql) ? 'sql-read' : 'sql-write';
}

function callOf(name: string, db: Database.Database, sql: string, kind: PointKind): Call {
  const changes = kind === 'sql-write' || kind === 'sql-commit' || kind === 'sql-close';
  return { call: name, kind, target: `${pathOf(db.name)}: ${sql}`, changes };
}

/** A database may be known by its descriptor alone. */
function pathOf(name: string): string {
  return name.startsWith('fd:') ? pathOfDescriptor(Number(name.slice(3))) : name;
}

/** As SQLite does itself, some errors end the transaction. */
function doSql<T>(db: Database.Database, call: Call, work: () => T): T {
  try {
    return doSync(call, work);
  } catch (error) {
    if (
      error instanceof Error &&
      'endsTransaction' in error &&
      error.endsTransaction === true &&
      db.inTransaction
    )
      plainExec.call(db, 'ROLLBACK');
    throw error;
  }
}

function wrapMethod(owner: object, name: string, wrap: (work: AnyCall) => AnyCall): void {
  Object.assign(owner, { [name]: wrap(Reflect.get(owner, name) as AnyCall) });
}

function wrapDatabases(prototype: object): void {
  wrapMethod(
    prototype,
    'exec',
    (work) =>
      function (this: Database.Database, sql: unknown) {
        return doSql(this, callOf('exec', this, String(sql), kindOf(String(sql))), () =>
          work.call(this, sql),
        );
      },
  );
  wrapMethod(
    prototype,
    'prepare',
    (work) =>
      function (this: Database.Database, sql: unknown) {
        return doSync(callOf('prepare', this, String(sql), 'sql-read'), () => work.call(this, sql));
      },
  );
  wrapMethod(
    prototype,
    'pragma',
    (work) =>
      function (this: Database.Database, sql: unknown, options?: unknown) {
        const kind = WRITING_PRAGMA.test(String(sql)) ? 'sql-write' : 'sql-read';
        return doSql(this, callOf('pragma', this, String(sql), kind), () => work.call(this, sql, options));
      },
  );
  wrapMethod(
    prototype,
    'close',
    (work) =>
      function (this: Database.Database) {
        return doSync(callOf('close', this, '', 'sql-close'), () => work.call(this));
      },
  );
  wrapMethod(
    prototype,
    'backup',
    (work) =>
      function (this: Database.Database, to: unknown, options: unknown) {
        const call = callOf('backup', this, String(to), 'sql-write');
        return doAsync(call, () => work.call(this, to, steppedBackup(this, options)) as Promise<unknown>);
      },
  );
}

/** The borders between the steps of a backup are points, too. */
function steppedBackup(db: Database.Database, options: unknown): unknown {
  const { progress, ...rest } = (options ?? {}) as Database.BackupOptions;
  if (progress === undefined) return options;
  return {
    ...rest,
    progress: (info: Database.BackupMetadata) =>
      doSync(callOf('backup step', db, '', 'sql-write'), () => progress(info)),
  };
}

function wrapStatements(prototype: object): void {
  for (const name of ['run', 'get', 'all', 'iterate'])
    wrapMethod(
      prototype,
      name,
      (work) =>
        function (this: Database.Statement, ...args: readonly unknown[]) {
          const kind = this.readonly ? 'sql-read' : 'sql-write';
          const call = callOf(name, this.database, this.source, kind);
          const result = doSql(this.database, call, () => work.apply(this, [...args]));
          return name === 'iterate' ? secondRow(result as IterableIterator<unknown>, call) : result;
        },
    );
}

/** Reading on after the first row of many is a point, too. */
function secondRow(rows: IterableIterator<unknown>, call: Call): IterableIterator<unknown> {
  let taken = 0;
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      taken += 1;
      if (taken !== 2) return rows.next();
      try {
        return doSync({ ...call, call: 'next' }, () => rows.next());
      } catch (error) {
        // A statement that fails is over.
        rows.return?.();
        throw error;
      }
    },
    return: (value) => rows.return?.(value) ?? { done: true, value },
  };
}

const opened = new Original(':memory:');
wrapStatements(Object.getPrototypeOf(opened.prepare('SELECT 1')));
opened.close();
wrapDatabases(Original.prototype);
/** SQLite opens a file when it is first used, but refuses at once what is not there or may not be opened. */
const addon = require(join(dirname(path), 'binding.js')).getBinding(null);
addon.Database = new Proxy(addon.Database, {
  construct: (target, args: readonly unknown[], self) =>
    doSync({ call: 'new Database', kind: 'sql-open', target: pathOf(String(args[0])), changes: true }, () =>
      Reflect.construct(target, args, self),
    ),
});
