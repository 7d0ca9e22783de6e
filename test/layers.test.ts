import { describe, expect, test } from 'vitest';
import { fileDoor, model, rooms, words } from './rooms.ts';
import { type Import, listSources, parseSource, readText } from './support/imports.ts';

const names = Object.keys(rooms);
const layers = ['src', words, 'electron', 'renderer'];

describe('the rooms', () => {
  test.each(layers)('%s imports only what its room may import', (folder) => {
    const files = listSources(folder);
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => findViolations(file, readText(file)))).toEqual([]);
  });

  test('every arrow of the table points down', () => {
    const upwards = names.flatMap((room, at) =>
      listAllowed(room)
        .filter((target) => names.findIndex((name) => isIn(target, name)) >= at)
        .map((target) => `${room} -> ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  test('the table contains no arrow that no file needs', () => {
    const used = listSources(...layers).flatMap((file) =>
      parseSource(file, readText(file)).imports.map(({ target, isType }) => ({
        room: roomOf(file),
        target,
        isType,
      })),
    );
    const unused = names.flatMap((room) => {
      const own = used.filter((arrow) => arrow.room === room);
      const { values = [], types = [] } = rooms[room] ?? {};
      return [
        ...values.filter((value) => !own.some(({ target, isType }) => !isType && isIn(target, value))),
        ...types.filter((type) => !own.some(({ target }) => isIn(target, type))),
      ].map((target) => `${room} -> ${target}`);
    });
    expect(unused).toEqual([]);
  });

  test('no file imports itself through others', () => {
    const graph = new Map(
      listSources(...layers).map((file) => [
        file,
        parseSource(file, readText(file)).imports.map(({ target }) => target),
      ]),
    );
    expect(findCircle(graph)).toEqual([]);
  });

  test('a circle of three files would be found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(findCircle(graph)).not.toEqual([]);
  });

  test.each(names)('%s may import from other rooms only what the table says', (room) => {
    const { values = [], types = [] } = rooms[room] ?? {};
    for (const other of names.filter((name) => name !== room)) {
      const target = fileIn(other);
      const isListed = (list: readonly string[]) => list.some((allowed) => isIn(target, allowed));
      const isAllowed = (isType: boolean) =>
        findImportViolations(fileIn(room), [{ target, isType }]).length === 0;
      expect({ other, allowed: isAllowed(false) }).toEqual({ other, allowed: isListed(values) });
      expect({ other, allowed: isAllowed(true) }).toEqual({
        other,
        allowed: isListed([...values, ...types]),
      });
    }
  });

  test.each([
    ['src/snapshots/take.ts', "import { app } from 'electron';"],
    ['src/snapshots/take.ts', "import type { Request } from '../../electron/contract.ts';"],
    ['src/snapshots/take.ts', "export * from 'zod';"],
    ['src/snapshots/take.ts', "const { z } = await import('zod');"],
    ['src/snapshots/take.ts', 'await import(name);'],
    ['src/snapshots/take.ts', "type Window = import('electron').BrowserWindow;"],
    ['src/snapshots/take.ts', "const electron = require('electron');"],
    ['src/snapshots/take.ts', "import 'react';"],
    ['src/snapshots/take.ts', "import { readFile } from 'fs/promises';"],
    ['src/snapshots/take.ts', "import { planRestore } from '../restore/restore.ts';"],
    ['src/snapshots/take.ts', "export type { Plan } from '../restore/plan.ts';"],
    ['src/restore/plan.ts', "import Database from 'better-sqlite3';"],
    [
      'src/restore/plan.ts',
      "import { createRequire } from 'node:module'; require = createRequire(import.meta.url);",
    ],
    ['src/model/diff.ts', "export { take } from '../snapshots/take.ts';"],
    ['src/snapshots/take.ts', "console.log('x');"],
    ['src/snapshots/take.ts', 'const home = process.env.HOME;'],
    ['src/lonely.ts', 'export const one = 1;'],
    ['electron/core/process.ts', "import { take } from '../../src/snapshots/take.ts';"],
    ['electron/core/process.ts', "import type { Take } from '../../src/snapshots/take.ts';"],
    ['electron/core/process.ts', "import Database from 'better-sqlite3';"],
    ['electron/core/process.ts', "import { App } from '../../renderer/window/app.tsx';"],
    ['electron/core/handlers.ts', "import { ipcMain } from 'electron';"],
    ['electron/core/handlers.ts', "import type { BrowserWindow } from 'electron';"],
    ['src/snapshots/files.ts', "import { open } from 'node:fs/promises';"],
    ['src/system/durable.ts', "import { constants } from 'node:fs';"],
    ['electron/main/main.ts', "import { planRestore } from '../../src/index.ts';"],
    ['electron/main/main.ts', "import { handlers } from '../core/handlers.ts';"],
    ['electron/main/window.ts', "import * as electron from 'electron'; electron.ipcMain.on('x', f);"],
    ['electron/main/window.ts', "import { ipcRenderer } from 'electron';"],
    ['electron/preload.ts', "import { join } from 'node:path';"],
    ['electron/preload.ts', "import { names } from './contract.ts';"],
    ['electron/contract.ts', "import { z } from 'zod'; export type A = z.infer<typeof B>;"],
    ['electron/contract.ts', 'export const names = [];'],
    ['electron/contract/values.ts', 'export const names = [];'],
    ['renderer/window/app.tsx', "import { readFile } from 'node:fs/promises';"],
    ['renderer/window/app.tsx', "import { shell } from 'electron';"],
    ['renderer/window/app.tsx', "import { planRestore } from '../../src/index.ts';"],
    ['renderer/window/app.tsx', "import { errorCodes } from '../../src/model/errors.ts';"],
    ['renderer/prune/prune-dialog.tsx', "import { serve } from '../../electron/main/ipc.ts';"],
    ['renderer/prune/prune-dialog.tsx', "import { RestoreDialog } from '../restore/restore-dialog.tsx';"],
    ['words/errors.ts', "import { Icon } from '../renderer/parts/icons.tsx';"],
    ['words/errors.ts', "import { ERROR_CODES } from '../src/model/errors.ts';"],
    ['words/errors.ts', "import { join } from 'node:path';"],
    ['words/errors.ts', "import type { Bridge } from '../electron/contract.ts';"],
    ['src/restore/plan.ts', "import { count } from '../../words/plurals.ts';"],
    ['renderer/window/app.tsx', "import { leftPad } from 'left-pad';"],
  ])('%s with `%s` would be found', (file, code) => {
    expect(findViolations(file, code)).not.toEqual([]);
  });

  test.each([
    ['src/cli.ts', "console.log(process.env.HOME); import { a } from './cli/commands.ts';"],
    ['src/sqlite/database.ts', "import Database from 'better-sqlite3'; import { join } from 'node:path';"],
    ['src/system/files.ts', "import fs from 'node:fs';"],
    ['src/snapshots/take.ts', "// console, electron and import('zod') in words\nconst text = `ipcMain`;"],
    ['src/snapshots/take.ts', "type A = import('./files.ts').A; const { b } = await import('./files.ts');"],
    ['src/write/write-tables.ts', "import type { Pace } from '../system/pace.ts';"],
    ['electron/contract.ts', "import type { Plan } from '../src/model/restore.ts'; export type A = Plan;"],
    ['electron/core/process.ts', "import { take, type Plan } from '../../src/index.ts';"],
    ['electron/main/main.ts', "import type { Plan } from '../../src/index.ts';"],
    ['renderer/window/app.tsx', "import type { Bridge } from '../../electron/contract.ts';"],
  ])('%s with `%s` is allowed', (file, code) => {
    expect(findViolations(file, code)).toEqual([]);
  });
});

function findViolations(file: string, code: string): readonly string[] {
  const source = parseSource(file, code);
  const named = [...source.names]
    .filter((name) => isReserved(file, name))
    .map((name) => `${file} uses ${name}`);
  const exported = isTypesOnly(file) && source.exportsValues ? [`${file} exports more than types`] : [];
  return [...findImportViolations(file, source.imports), ...named, ...exported];
}

function findImportViolations(file: string, imports: readonly Import[]): readonly string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file} belongs to no room`];
  return imports
    .filter(({ target, isType }) => !mayImport(room, target, isType) || isAroundDoor(file, target))
    .map(({ target, isType }) => `${file} imports ${isType ? 'types of ' : ''}${target}`);
}

/** Whether a file reaches for files without the one door that classifies what the system refuses. */
function isAroundDoor(file: string, target: string): boolean {
  return /^node:fs(\/|$)/.test(target) && !Object.hasOwn(fileDoor, file);
}

function mayImport(room: string, target: string, isType: boolean): boolean {
  const { values = [], types = [] } = rooms[room] ?? {};
  return isIn(target, room) || [...values, ...(isType ? types : [])].some((allowed) => isIn(target, allowed));
}

function listAllowed(room: string): readonly string[] {
  const { values = [], types = [] } = rooms[room] ?? {};
  return [...values, ...types].filter(
    (target) => target === words || layers.some((layer) => target.startsWith(`${layer}/`)),
  );
}

function roomOf(file: string): string | undefined {
  return names.find((name) => isIn(file, name));
}

/** Whether a file, package or room is what a row of the table names, or lies in it. */
function isIn(target: string, name: string): boolean {
  if (target === name || name.endsWith(':')) return target.startsWith(name);
  // A name without a slash is a package's, and `electron` is not the folder of that name.
  return (name.includes('/') || name === words) && target.startsWith(`${name}/`);
}

function fileIn(room: string): string {
  return /\.tsx?$/.test(room) ? room : `${room}/any.ts`;
}

/** The contract and the model's types cross to the window, which may know no code of the core; errors.ts alone is code. */
function isTypesOnly(file: string): boolean {
  const isContract = file === 'electron/contract.ts' || isIn(file, 'electron/contract');
  return isContract || (isIn(file, model) && file !== 'src/model/errors.ts');
}

/** Names that one file alone may use, so that what passes between the processes can be read in one place. */
function isReserved(file: string, name: string): boolean {
  if (name === 'ipcMain') return file !== 'electron/main/ipc.ts';
  if (name === 'ipcRenderer') return file !== 'electron/preload.ts';
  // What it makes may have any name, and is then not seen as an import.
  if (name === 'createRequire') return file !== 'src/sqlite/library.ts';
  if (name === 'console' || name === 'process.env') return file.startsWith('src/') && file !== 'src/cli.ts';
  return false;
}

/** The files of one circle of imports, or nothing. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of graph.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
