import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** One import of a module: what it names, and whether nothing of it is left when the types are erased. */
type Import = { readonly specifier: string; readonly isType: boolean };

describe('the direction of imports', () => {
  test.each(['src', 'electron', 'renderer'])('%s imports only what its layer may know', (folder) => {
    const files = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root });
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => findViolations(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test.each([
    ['src/take.ts', "import { app } from 'electron';"],
    ['src/take.ts', "import type { Request } from '../electron/contract.ts';"],
    ['src/take.ts', "export * from 'zod';"],
    ['src/take.ts', "const { z } = await import('zod');"],
    ['src/take.ts', 'await import(name);'],
    ['src/take.ts', "type Window = import('electron').BrowserWindow;"],
    ['src/take.ts', "const electron = require('electron');"],
    ['src/take.ts', "import 'react';"],
    ['src/take.ts', "import { readFile } from 'fs/promises';"],
    ['src/take.ts', "console.log('x');"],
    ['src/take.ts', 'const home = process.env.HOME;'],
    ['electron/core-process.ts', "import { take } from '../src/take.ts';"],
    ['electron/core-process.ts', "import type { Take } from '../src/take.ts';"],
    ['electron/core-process.ts', "import Database from 'better-sqlite3';"],
    ['electron/core-process.ts', "import { App } from '../renderer/app.tsx';"],
    ['electron/handlers.ts', "import { ipcMain } from 'electron';"],
    ['electron/handlers.ts', "import * as electron from 'electron'; electron.ipcMain.on('x', f);"],
    ['electron/window.ts', "import { ipcRenderer } from 'electron';"],
    ['electron/preload.ts', "import { join } from 'node:path';"],
    ['electron/preload.ts', "import { names } from './contract.ts';"],
    ['electron/contract.ts', "import { z } from 'zod'; export type A = z.infer<typeof B>;"],
    ['electron/contract.ts', 'export const names = [];'],
    ['src/model.ts', "export { take } from './take.ts';"],
    ['renderer/app.tsx', "import { readFile } from 'node:fs/promises';"],
    ['renderer/app.tsx', "import { shell } from 'electron';"],
    ['renderer/app.tsx', "import { planRestore } from '../src/index.ts';"],
    ['renderer/app.tsx', "import { errorCodes } from '../src/errors.ts';"],
    ['renderer/prune/dialog.tsx', "import { serve } from '../../electron/ipc.ts';"],
    ['renderer/app.tsx', "import { leftPad } from 'left-pad';"],
  ])('%s with `%s` would be found', (file, code) => {
    expect(findViolations(file, code)).not.toEqual([]);
  });

  test.each([
    ['src/cli.ts', "console.log(process.env.HOME); import { a } from './index.ts';"],
    ['src/database.ts', "import Database from 'better-sqlite3'; import { join } from 'node:path';"],
    ['src/take.ts', "// console, electron and import('zod') in words\nconst text = `ipcMain`;"],
    ['src/take.ts', "type Plan = import('./plan.ts').Plan; const { plan } = await import('./plan.ts');"],
    ['electron/contract.ts', "import type { Plan } from '../src/model.ts'; export type A = Plan;"],
    ['electron/core-process.ts', "import { take, type Plan } from '../src/index.ts';"],
    ['renderer/app.tsx', "import type { Bridge } from '../electron/contract.ts'; import './app.css';"],
  ])('%s with `%s` is allowed', (file, code) => {
    expect(findViolations(file, code)).toEqual([]);
  });
});

function findViolations(file: string, code: string): readonly string[] {
  const { program, module, errors } = parseSync(file, code);
  if (errors.length > 0) return [`${file}: can't be read: ${errors[0]?.message}`];
  const nodes = listNodes(program);
  const imports: readonly Import[] = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) =>
        entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, isType: entry.isType }] : [],
      ),
    ),
    ...nodes.flatMap(readOtherImport),
  ];
  const refused = imports
    .filter(({ specifier, isType }) => !mayImport(file, resolveSpecifier(file, specifier), isType))
    .map(({ specifier, isType }) => `${file} imports ${isType ? 'types of ' : ''}${specifier}`);
  const named = [...listNames(nodes)]
    .filter((name) => isReserved(file, name))
    .map((name) => `${file} uses ${name}`);
  const exported = typesOnly.includes(file)
    ? module.staticExports.flatMap(({ entries }) => entries.filter((entry) => !entry.isType))
    : [];
  return [...refused, ...named, ...exported.map(() => `${file} exports more than types`)];
}

const typesOnly = ['electron/contract.ts', 'src/model.ts'];
const typesForAll = ['src/model.ts', 'src/errors.ts', 'electron/contract.ts'];
const rendererPackages = ['react', 'react-dom/client', 'react-aria-components'];

/** The arrows. `target` is a file of ours as its path from the root, or else the name of a package. */
function mayImport(file: string, target: string, isType: boolean): boolean {
  if (typesOnly.includes(file) && !isType) return false;
  if (file.startsWith('src/')) {
    return target.startsWith('src/') || target.startsWith('node:') || target === 'better-sqlite3';
  }
  if (isType && typesForAll.includes(target)) return true;
  if (file === 'electron/preload.ts') return target === 'electron';
  if (file.startsWith('electron/')) {
    return /^(electron\/|node:)/.test(target) || ['electron', 'zod', 'src/index.ts'].includes(target);
  }
  return target.startsWith('renderer/') || rendererPackages.includes(target);
}

/** Names that one file alone may use, so that what passes between the processes can be read in one place. */
function isReserved(file: string, name: string): boolean {
  if (name === 'ipcMain') return file !== 'electron/ipc.ts';
  if (name === 'ipcRenderer') return file !== 'electron/preload.ts';
  if (name === 'console' || name === 'process.env') return file.startsWith('src/') && file !== 'src/cli.ts';
  return false;
}

function resolveSpecifier(file: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}

type Node = { readonly type: string; readonly [key: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function listNodes(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(listNodes);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(listNodes)];
}

/** `import()`, `require()` and `import('…').Type`; a specifier that is no literal can't be judged and is refused. */
function readOtherImport(node: Node): readonly Import[] {
  if (node.type === 'ImportExpression') return [{ specifier: readText(node.source), isType: false }];
  if (node.type === 'TSImportType') return [{ specifier: readText(node.source), isType: true }];
  const isRequire = node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'require';
  if (!isRequire || !Array.isArray(node.arguments)) return [];
  return [{ specifier: readText(node.arguments[0]), isType: false }];
}

function readText(node: unknown): string {
  return isNode(node) && typeof node.value === 'string' ? node.value : '(computed)';
}

function listNames(nodes: readonly Node[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.type === 'Identifier') names.add(String(node.name));
    if (node.type !== 'MemberExpression' || !isNode(node.object) || !isNode(node.property)) continue;
    if (node.object.name === 'process') names.add(`process.${node.property.name ?? node.property.value}`);
  }
  return names;
}
