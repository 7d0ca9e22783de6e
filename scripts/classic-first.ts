import type { Plugin } from 'vite';
import { findAssigned } from './assigned-names.ts';

/** The global object through which the later files reach what the first one holds. */
const HELD = 'globalThis.snapbackFirst';
const PRELOAD = '\0vite/preload-helper.js';
const MODULE_TAG = '<script type="module" crossorigin src=';

type Parse = (code: string) => { readonly body: readonly Statement[] };
/** The parts of a statement's syntax tree that matter here. */
type Statement = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly source?: { readonly value: unknown } | null;
  readonly id?: { readonly name?: string } | null;
  readonly specifiers?: readonly {
    readonly local: { readonly name: string };
    readonly exported?: { readonly name: string };
    readonly imported?: { readonly name: string };
  }[];
  readonly declarations?: readonly { readonly id: { readonly name?: string }; readonly init: unknown }[];
};

/**
 * Builds the window's first file as a classic script, not as a module. Of a classic script Chromium notes which functions
 * a start calls, and keeps them compiled for the starts to come. Of a module it keeps only those that ran while the file
 * itself was evaluated: nothing is drawn by then.
 *
 * The later files stay modules. They are imported once the first one has run, and then take what they need of it. What
 * has no value by then, or may get another one, is an error of the build.
 */
export function classicFirst(): Plugin {
  return {
    name: 'classic-first',
    enforce: 'pre',
    // A relative address would need `import.meta`, which a classic script does not have.
    config: () => ({ base: '/' }),
    // So does what Vite puts around each import, to fetch along what that one needs. Here that is nothing.
    load: (id) => (id === PRELOAD ? 'export const __vitePreload = (load) => load();' : null),
    renderChunk(code, chunk, _options, { chunks }) {
      const parse = (text: string) => this.parse(text) as unknown as ReturnType<Parse>;
      if (chunk.isEntry) return isolate(code, parse);
      const firsts = Object.values(chunks).filter(({ isEntry }) => isEntry);
      return reach(
        code,
        parse,
        firsts.map(({ fileName }) => fileName.replace(/^.*\//, './')),
      );
    },
    // Text of one byte for each character is read twice as fast, and takes half the memory. Only a tagged template could tell the difference.
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escapeUnit);
    },
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        if (html.split(MODULE_TAG).length !== 2) throw new Error('The page has to load one module.');
        return html.replace(MODULE_TAG, '<script defer src=');
      },
    },
  };
}

/** A UTF-16 unit as it may be written anywhere in code: in texts, in patterns and in names. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The module as a script that leaves nothing behind but what it exports, in one global object. */
function isolate(code: string, parse: Parse): string {
  const { body } = parse(code);
  const last = body.at(-1);
  if (last === undefined || body.filter(({ type }) => /^Import|^Export/.test(type)).length !== 1)
    throw new Error('The first file may import nothing, and has to export once, at its end.');
  if (code.includes('import.meta')) throw new Error('The first file may not use “import.meta”.');
  const settled = new Set(body.flatMap(namesSettledBy));
  const changed = findAssigned(body);
  const held = (last.specifiers ?? []).map(({ local, exported }) => {
    if (!settled.has(local.name)) throw new Error(`The first file exports “${local.name}” without a value.`);
    if (changed.has(local.name)) throw new Error(`The first file exports “${local.name}”, which may change.`);
    return `${exported?.name}: ${local.name}`;
  });
  const own = code.slice(0, last.start);
  return `(() => {\n"use strict";\n${own}\n${HELD} = { ${held.join(', ')} };\n})();\n`;
}

/** The names that have their value once the file has run. */
function namesSettledBy({ type, id, declarations = [] }: Statement): readonly (string | undefined)[] {
  if (type === 'VariableDeclaration')
    return declarations.filter(({ init }) => init !== null).map((one) => one.id.name);
  return [id?.name];
}

/** The module with what it imports from the first file taken from the global object. */
function reach(code: string, parse: Parse, firsts: readonly string[]): string {
  const imports = parse(code).body.filter(
    ({ type, source }) => type === 'ImportDeclaration' && firsts.includes(String(source?.value)),
  );
  return imports.toReversed().reduce((text, { start, end, specifiers = [] }) => {
    const names = specifiers.map(({ local, imported }) => `${imported?.name}: ${local.name}`);
    return `${text.slice(0, start)}const { ${names.join(', ')} } = ${HELD};${text.slice(end)}`;
  }, code);
}
