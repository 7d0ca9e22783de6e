import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const hook = `import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) { console.error('loads ' + url); return next(url, context); } });`;

/** Which files a script loads, told by Node's own hooks in the real process: their paths, with slashes. */
export function listLoads(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const register = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
  const { stderr } = spawnSync(process.execPath, [...register, script, ...args], { encoding: 'utf8', env });
  return [...stderr.matchAll(/^loads (file:.*)$/gm)].map(([, url = '']) =>
    fileURLToPath(url).replaceAll('\\', '/'),
  );
}
