import { buildIfStale } from './build.ts';
import { hasDisplay } from './display.ts';
import { prepareRuntime, prepareWindows } from './electron-runtime.ts';
import { root, run, runMain } from './run.ts';

/* `npm start [-- --data DIR]` builds what is stale and opens the app. If no data folder is known yet, it opens a demo. */
await runMain(async () => {
  const given = process.argv.slice(2);
  const namesData = given.some((argument) => argument === '--data' || argument.startsWith('--data='));
  const runtime = await prepareRuntime();
  await buildIfStale();
  const env = await prepareWindows(runtime);
  // Without a display there is no desktop either, and Chromium would log many lines about that.
  const quiet = hasDisplay() ? [] : ['--log-level=3'];
  const args = [root, ...quiet, ...(namesData ? [] : ['--demo-if-new']), ...given];
  return run(runtime.program, args, { env });
});
