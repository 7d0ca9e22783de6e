/**
 * The environment of the core's process. A packaged app loads only the SQLite binding in its package: the variable that
 * names another one is for development, and would let in code that the fuses keep out.
 */
export function coreEnvironment(env: NodeJS.ProcessEnv, isPackaged: boolean): NodeJS.ProcessEnv {
  const { BETTER_SQLITE3_BINDING: binding, ...rest } = env;
  return isPackaged || binding === undefined ? rest : { ...rest, BETTER_SQLITE3_BINDING: binding };
}
