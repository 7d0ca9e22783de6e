/**
 * The environment of the core's process. A packaged app ignores `BETTER_SQLITE3_BINDING`: it exists for development, and in
 * a package it would load native code of anybody's choice, past Electron's fuses.
 */
export function coreEnvironment(env: NodeJS.ProcessEnv, isPackaged: boolean): NodeJS.ProcessEnv {
  const { BETTER_SQLITE3_BINDING: binding, ...rest } = env;
  return isPackaged || binding === undefined ? rest : { ...rest, BETTER_SQLITE3_BINDING: binding };
}
