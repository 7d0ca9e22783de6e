import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder';
import { buildIfStale } from './build.ts';
import { prepareRuntime, type Runtime } from './electron-runtime.ts';
import { collectNotices } from './notices.ts';
import { root, runMain, say } from './run.ts';

const NOTICES = 'THIRD-PARTY-NOTICES.txt';
const prebuilds = 'node_modules/better-sqlite3/prebuilds';

/* `npm run package [-- FOLDER]` makes an unpacked app for this platform in `dist/`, or in FOLDER. */
await runMain(async () => {
  const runtime = await prepareRuntime();
  await buildIfStale();
  await writeFile(join(root, 'out', NOTICES), collectNotices());
  const output = process.argv[2] ?? join(root, 'dist');
  say(`packaging the app with Electron ${runtime.version} into ${output}`);
  await build({
    projectDir: root,
    targets: Platform.current().createTarget('dir'),
    config: configure(runtime, output),
  });
  if (runtime.isFallback) {
    say('THIS PACKAGE IS FOR TESTS ONLY: its Electron is the old fallback runtime. NEVER SHIP IT.');
  }
  return 0;
});

function configure(runtime: Runtime, output: string): Configuration {
  return {
    extends: join(root, 'electron-builder.yml'),
    directories: { output },
    electronDist: runtime.folder,
    electronVersion: runtime.version,
    files: chooseBinding(runtime),
    extraFiles: [{ from: join(root, 'out', NOTICES), to: NOTICES }],
    afterPack: removeStandIn,
  };
}

/** Leaves one binding in the package: this platform's or, with the fallback runtime, the one compiled for it. */
function chooseBinding({ env }: Runtime): NonNullable<Configuration['files']> {
  const binding = env.BETTER_SQLITE3_BINDING;
  if (binding === undefined) return [`!${prebuilds}/!(\${platform}-\${arch}).node`];
  return [`!${prebuilds}/**`, { from: dirname(binding), to: 'node_modules/better-sqlite3/build/Release' }];
}

/** Removes the fallback's built-in app. It can run any other app, so a package must not contain it. */
async function removeStandIn({ appOutDir }: AfterPackContext): Promise<void> {
  await rm(join(appOutDir, 'resources/default_app.asar'), { force: true });
}
