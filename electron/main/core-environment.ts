/**
 * The environment of the core's process. A packaged app loads the binding it was packaged with, whatever the
 * environment says: the variable is for development, and would let anything in that the fuses keep out.
 */
export function coreEnvironment(env: NodeJS.ProcessEnv, isPackaged: boolean): NodeJS.ProcessEnv {
  const { BETTER_SQLITE3_BINDING: binding, ...rest } = env;
  return isPackaged || binding === undefined ? rest : { ...rest, BETTER_SQLITE3_BINDING: binding };
}
