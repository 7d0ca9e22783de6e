import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'vite';

const projectRoot = join(import.meta.dirname, '../..');

/** One import of a file: a file of ours as its path from the root, or a package's name; and whether only types are taken. */
export type Import = { readonly target: string; readonly isType: boolean };

export type Source = {
  readonly imports: readonly Import[];
  /** Identifiers that the file uses, and `process.X` for members of the process. */
  readonly names: ReadonlySet<string>;
  /** Whether anything is left of its exports when the types are erased. */
  readonly exportsValues: boolean;
};

/** Every source file below these folders, as a path from the project's root. */
export function listSources(...folders: readonly string[]): readonly string[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
    { cwd: projectRoot },
  ).sort();
}

export function readText(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}

/** What a file imports, exports and names, told from its syntax tree. @throws an Error where it can't be parsed */
export function parseSource(file: string, code: string): Source {
  const { program, module, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} can't be parsed: ${errors[0]?.message}`);
  const nodes = listNodes(program);
  const found = [
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
  return {
    imports: found.map(({ specifier, isType }) => ({ target: resolveSpecifier(file, specifier), isType })),
    names: listNames(nodes),
    exportsValues: module.staticExports.some(({ entries }) => entries.some((entry) => !entry.isType)),
  };
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

/** `import()`, `require()` and `import('…').Type`. A specifier that is not a literal can't be judged: no rule allows it. */
function readOtherImport(node: Node): readonly { readonly specifier: string; readonly isType: boolean }[] {
  if (node.type === 'ImportExpression') return [{ specifier: literalOf(node.source), isType: false }];
  if (node.type === 'TSImportType') return [{ specifier: literalOf(node.source), isType: true }];
  const isRequire = node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'require';
  if (!isRequire || !Array.isArray(node.arguments)) return [];
  return [{ specifier: literalOf(node.arguments[0]), isType: false }];
}

function literalOf(node: unknown): string {
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
