import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildIfStale } from './build.ts';
import { prepareApp, prepareRuntime, type Runtime } from './electron-runtime.ts';
import { root, run, runMain, say, tool } from './run.ts';
import { ensureSystemPackages } from './system-packages.ts';

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };
type FileReport = {
  readonly status: string;
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
};
type Step = { readonly name: string; readonly test: () => Promise<Counts> };

const results = join(root, 'test-results');
const unitReport = join(results, 'unit.json');

/*
 * `npm test` checks types, lint and unused code, then runs the tests without a window and those in the real app. A failing
 * step does not stop the others. `--only-windows ARGUMENTS` runs only the last step, with these arguments for Playwright.
 * The counts are printed at the end and written to `test-results/summary`. A step that fails without a failing test counts
 * as one failure. What failed without a window is told again at the end: often only the end of a log is kept.
 */
await runMain(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const onlyWindows = first === '--only-windows';
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const runtime = await prepareRuntime();
  if (!onlyWindows) await ensureSystemPackages({ strace: true });
  const beforeWindows: readonly Step[] = [
    { name: 'types', test: () => runScript('typecheck') },
    { name: 'format and lint', test: () => runScript('lint') },
    { name: 'unused code', test: () => runScript('unused') },
    { name: 'tests without a window', test: testWithoutWindow },
  ];
  const windows: Step = {
    name: 'tests in the real app',
    test: () => testWindows(runtime, onlyWindows ? rest : []),
  };
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const failing: string[] = [];
  for (const { name, test } of onlyWindows ? [windows] : [...beforeWindows, windows]) {
    say(name);
    const counts = await test();
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
    if (counts.failed > 0) failing.push(name);
  }
  if (sum.skipped > 0) say(`${sum.skipped} tests were skipped`);
  if (failing.length > 0) say(`failed: ${failing.join(', ')}`);
  for (const failure of readFailures()) console.log(failure);
  const summary = `${sum.passed} passed, ${sum.failed} failed`;
  await writeFile(join(results, 'summary'), `${summary}\n`);
  console.log(summary);
  return sum.failed === 0 ? 0 : 1;
});

async function runScript(name: string): Promise<Counts> {
  const code = await run('npm', ['run', '--silent', name]);
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function testWithoutWindow(): Promise<Counts> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
  const code = await run(tool('vitest'), ['run', ...reporters]);
  const { numPassedTests, numFailedTests, numPendingTests, testResults = [] } = readReport(unitReport);
  // A file can fail without a failing test: it cannot be loaded, or it fails after all its tests have passed.
  const failedFiles = testResults.filter(
    ({ status, assertionResults }: FileReport) =>
      status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
  ).length;
  const failed = (numFailedTests ?? 0) + failedFiles;
  return judge(code, { passed: numPassedTests, failed, skipped: numPendingTests });
}

/** The tests and files that failed without a window, each with its message, as far as there is a report. */
function readFailures(): string[] {
  const files: readonly FileReport[] = readReport(unitReport).testResults ?? [];
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => [
      ...(message === '' ? [] : [tell(name, message)]),
      ...assertionResults
        .filter((one) => one.status === 'failed')
        .map((one) => tell(`${name} > ${one.fullName}`, one.failureMessages.join('\n'))),
    ]);
}

/** A counterexample can be of any length; its beginning, with the seed that finds it again, is enough here. */
function tell(title: string, message: string): string {
  return `× ${relative(root, title)}\n${message.slice(0, 4000)}`;
}

async function testWindows(runtime: Runtime, args: readonly string[]): Promise<Counts> {
  await buildIfStale();
  const code = await run(tool('playwright'), ['test', ...args], { env: prepareApp(runtime) });
  const { expected, unexpected, flaky, skipped } = readReport(join(results, 'windows.json')).stats ?? {};
  return judge(code, { passed: expected, failed: (unexpected ?? 0) + (flaky ?? 0), skipped });
}

/** The counts of a step. If the report is missing or nothing passed, that is a failure, whatever the exit code was. */
function judge(code: number, counts: Partial<Record<keyof Counts, number>>): Counts {
  const { passed = 0, failed = 0, skipped = 0 } = counts;
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed, skipped };
}

function readReport(file: string) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
