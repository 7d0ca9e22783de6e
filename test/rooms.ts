/**
 * What a room may import besides its own files: rooms, files or packages. `types` are allowed only if nothing of them
 * remains in the build.
 */
export type Room = { readonly values?: readonly string[]; readonly types?: readonly string[] };

const node = 'node:';
export const model = 'src/model';
/** The only folder at the top whose name alone is a room: not to be taken for a package. */
export const words = 'words';
const windowTypes = ['electron/contract.ts', model];
const react = ['react', 'react-aria-components'];

/**
 * The rooms from the ground up: a room may import only rooms that stand above it in this table, and of those only the
 * ones that it names. A row's name is a folder or a single file.
 */
export const rooms: Readonly<Record<string, Room>> = {
  'src/model': {},
  [words]: { types: [model] },
  'src/system': { values: [model, node, 'valibot'] },
  'src/sqlite': { values: [model, 'src/system', node, 'better-sqlite3'] },
  'src/host': { values: [model, 'src/system', 'src/sqlite', node, 'valibot'] },
  'src/log': { values: [model, 'src/system', 'src/sqlite', 'src/host', node] },
  'src/snapshot-file': {
    values: [model, 'src/system', 'src/sqlite', 'src/host', 'src/log', node, 'valibot'],
  },
  'src/snapshots': {
    values: [model, 'src/system', 'src/sqlite', 'src/host', 'src/snapshot-file', node, 'valibot'],
  },
  'src/beside': { values: [model, 'src/system', 'src/sqlite', 'src/snapshot-file', node] },
  'src/stage': {
    values: [
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshot-file',
      'src/snapshots',
      node,
      'valibot',
    ],
  },
  'src/salvage': {
    values: [model, 'src/system', 'src/sqlite', 'src/host', 'src/snapshot-file', 'src/snapshots', node],
  },
  'src/compare': {
    values: ['src/system', 'src/sqlite', 'src/log', 'src/stage'],
    types: [model, 'src/host'],
  },
  'src/search': {
    values: [
      'valibot',
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshots',
      'src/stage',
      node,
    ],
  },
  'src/write': { values: [model, 'src/sqlite', 'src/stage', 'src/compare'], types: ['src/system'] },
  'src/journal': { values: [model, 'src/system', 'src/host', 'src/snapshots', node, 'valibot'] },
  'src/restore': {
    values: [
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshot-file',
      'src/snapshots',
      'src/beside',
      'src/stage',
      'src/compare',
      'src/write',
      'src/journal',
      node,
    ],
  },
  'src/recovery': {
    values: [
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshot-file',
      'src/snapshots',
      'src/journal',
      'src/restore',
      node,
    ],
  },
  'src/catalog': {
    values: [
      'valibot',
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshot-file',
      'src/snapshots',
      'src/compare',
      'src/journal',
      'src/recovery',
      node,
    ],
  },
  'src/prune': {
    values: [
      'src/restore',
      'src/recovery',
      'valibot',
      model,
      'src/system',
      'src/host',
      'src/log',
      'src/snapshot-file',
      'src/snapshots',
      'src/journal',
      'src/catalog',
      node,
    ],
    types: ['src/sqlite'],
  },
  'src/inspect': {
    values: [
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/log',
      'src/snapshots',
      'src/stage',
      'src/compare',
      'src/write',
      'src/journal',
      'src/restore',
      'src/catalog',
      node,
      'diff',
    ],
  },
  'src/history': {
    values: [
      model,
      'src/system',
      'src/log',
      'src/snapshots',
      'src/journal',
      'src/recovery',
      'src/prune',
      'src/inspect',
      node,
    ],
    types: ['src/host'],
  },
  'src/demo': { values: [model, 'src/system', 'src/sqlite', 'src/host', node] },
  'src/folder-facts.ts': {
    values: [
      'src/system',
      'src/host',
      'src/log',
      'src/journal',
      'src/snapshots',
      'src/recovery',
      'src/prune',
      'src/demo',
      model,
      node,
    ],
  },
  'src/actions': {
    values: [
      'src/system',
      'src/snapshots',
      'src/compare',
      'src/journal',
      'src/salvage',
      'src/restore',
      'src/recovery',
      'src/catalog',
      'src/prune',
      node,
    ],
    types: [model, 'src/host'],
  },
  'src/index.ts': {
    values: [
      model,
      'src/system',
      'src/sqlite',
      'src/host',
      'src/snapshots',
      'src/stage',
      'src/search',
      'src/salvage',
      'src/restore',
      'src/recovery',
      'src/catalog',
      'src/prune',
      'src/inspect',
      'src/history',
      'src/demo',
      'src/folder-facts.ts',
      'src/actions',
    ],
  },
  'src/cli': { values: [model, words, 'src/index.ts', node] },
  'src/cli.ts': { values: [model, words, 'src/cli', node] },
  'electron/contract': { types: [model] },
  'electron/contract.ts': { types: ['electron/contract', model] },
  'electron/preload.ts': { values: ['electron'], types: ['electron/contract.ts'] },
  'electron/core': { values: ['src/index.ts', node], types: windowTypes },
  'electron/main': { values: ['electron', 'valibot', node], types: ['electron/contract.ts', 'src/index.ts'] },
  'renderer/ask': { values: ['react'], types: [words, ...windowTypes] },
  'renderer/parts': {
    values: [
      words,
      'renderer/ask/now.ts',
      'renderer/ask/exactness.ts',
      'renderer/ask/snapshot-times.ts',
      ...react,
    ],
    types: windowTypes,
  },
  'renderer/snapshots': {
    values: ['renderer/ask', words, 'renderer/parts', ...react],
    types: windowTypes,
  },
  'renderer/details': {
    values: ['renderer/ask', words, 'renderer/parts', 'react-aria-components'],
    types: windowTypes,
  },
  'renderer/history': { values: ['renderer/ask', words, 'renderer/parts', ...react], types: windowTypes },
  'renderer/rows': {
    values: ['renderer/ask', words, 'renderer/parts', 'renderer/history', ...react],
    types: windowTypes,
  },
  'renderer/conversation': {
    values: [
      'renderer/ask',
      words,
      'renderer/parts',
      'renderer/history',
      '@tanstack/react-virtual',
      ...react,
    ],
    types: windowTypes,
  },
  'renderer/keep': { values: ['renderer/ask', words, 'renderer/parts', ...react], types: windowTypes },
  'renderer/damage': { values: ['renderer/ask', words, 'renderer/parts', ...react], types: windowTypes },
  'renderer/space': {
    values: ['renderer/ask', words, 'renderer/parts', 'react-aria-components'],
    types: windowTypes,
  },
  'renderer/page': {
    values: [
      'renderer/ask',
      words,
      'renderer/parts',
      'renderer/conversation',
      'renderer/details',
      'renderer/rows',
      'renderer/keep',
      'renderer/damage',
      'react-aria-components',
    ],
    types: [...windowTypes, 'react'],
  },
  'renderer/restore': {
    values: ['renderer/ask', words, 'renderer/parts', 'renderer/rows/cell-content.tsx', ...react],
    types: windowTypes,
  },
  'renderer/prune': {
    values: ['renderer/ask', words, 'renderer/parts', 'renderer/snapshots/snapshot-groups.ts', ...react],
    types: windowTypes,
  },
  'renderer/trash': {
    values: [
      'renderer/ask',
      words,
      'renderer/parts',
      'renderer/prune/only-copies.tsx',
      'renderer/prune/second-question.tsx',
      ...react,
    ],
    types: windowTypes,
  },
  'renderer/timeline': {
    values: ['renderer/ask', words, 'renderer/parts', 'd3-scale', ...react],
    types: windowTypes,
  },
  'renderer/search': {
    values: ['renderer/ask', words, 'renderer/parts', 'renderer/history', ...react],
    types: windowTypes,
  },
  'renderer/protection': {
    values: ['renderer/ask', words, 'renderer/parts', ...react],
    types: windowTypes,
  },
  'renderer/action-history': {
    values: ['renderer/ask', words, 'renderer/parts', ...react],
    types: windowTypes,
  },
  'renderer/folder': {
    values: [
      'renderer/search',
      'renderer/ask',
      words,
      'renderer/parts',
      'renderer/snapshots',
      'renderer/page',
      'renderer/restore',
      'renderer/prune',
      'renderer/keep',
      'renderer/space',
      'renderer/trash',
      'renderer/action-history',
      'renderer/protection',
      'renderer/timeline',
      ...react,
    ],
    types: windowTypes,
  },
  'renderer/window': {
    values: ['renderer/ask', 'renderer/parts', 'renderer/folder', ...react],
    types: windowTypes,
  },
  'renderer/main.tsx': {
    values: [words, 'renderer/parts', 'renderer/window', 'renderer/styles', ...react, 'react-dom/client'],
  },
};

/**
 * Who may call Node's own functions for files, and why. Everybody else goes through the door, which turns each refusal
 * of the system into an error of ours.
 */
export const fileDoor: Readonly<Record<string, string>> = {
  'src/system/files.ts': 'It is the door.',
  'src/cli.ts': 'It reads its own version, which no refusal in words could replace.',
  'electron/main/app-protocol.ts': 'It serves what it cannot read as not found.',
  'electron/main/desktop.ts': 'It only asks whether a path is a file; the core says what is wrong with it.',
  'electron/main/settings.ts':
    'What cannot be read counts as never set, and what cannot be written is logged.',
};
