/** What the process provides. Nothing below it reads the environment or the working directory. */
export type Environment = {
  readonly resolvePath: (path: string) => string;
  readonly cacheDir: string;
  readonly nativeBinding: string | undefined;
  readonly sqliteTempDirs: readonly (string | undefined)[];
};
