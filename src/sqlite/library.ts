import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

const require = createRequire(import.meta.url);

/**
 * The SQLite library. It is a CommonJS module, and is loaded as one: for an `import`, Node would first search its text for
 * what it exports, which takes longer than loading it.
 */
export const Database: typeof BetterSqlite3 = require('better-sqlite3');
