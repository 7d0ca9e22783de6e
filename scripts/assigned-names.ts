/** A node of a syntax tree. */
type Node = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Where a node of this type holds the names that it declares, in the function around it. */
const DECLARES: Readonly<Record<string, string>> = {
  VariableDeclarator: 'id',
  FunctionDeclaration: 'id',
  ClassDeclaration: 'id',
  CatchClause: 'param',
};
/** Where a node of this type holds what it assigns. */
const ASSIGNS: Readonly<Record<string, string>> = {
  AssignmentExpression: 'left',
  UpdateExpression: 'argument',
  ForInStatement: 'left',
  ForOfStatement: 'left',
};

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/**
 * The names of a file's own variables that are assigned anywhere but in their declaration. A name that a function declares
 * anywhere in itself counts as its own in all of it.
 */
export function findAssigned(tree: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (part: unknown, hidden: ReadonlySet<string>): void => {
    const assigned = isNode(part) ? ASSIGNS[part.type] : undefined;
    if (isNode(part) && assigned !== undefined)
      for (const name of namesIn(part[assigned])) if (!hidden.has(name)) found.add(name);
    const inside = isFunction(part) ? new Set([...hidden, ...findOwn(part)]) : hidden;
    for (const child of childrenOf(part)) look(child, inside);
  };
  look(tree, new Set());
  return found;
}

/** The names that are a function's own: its parameters, and what it declares, but not what functions within it do. */
function findOwn({ params, body }: Node): ReadonlySet<string> {
  const own = new Set(asList(params).flatMap(namesIn));
  const look = (part: unknown): void => {
    const declared = isNode(part) ? DECLARES[part.type] : undefined;
    if (isNode(part) && declared !== undefined) for (const name of namesIn(part[declared])) own.add(name);
    if (!isFunction(part)) for (const child of childrenOf(part)) look(child);
  };
  look(body);
  return own;
}

/** The names in what is declared or assigned. Assigning a property of something assigns no name. */
function namesIn(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [String(pattern.name)];
    case 'ObjectPattern':
      return asList(pattern.properties).flatMap((one) =>
        isNode(one) ? namesIn(one.type === 'RestElement' ? one : one.value) : [],
      );
    case 'ArrayPattern':
      return asList(pattern.elements).flatMap(namesIn);
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function isFunction(value: unknown): value is Node {
  return isNode(value) && FUNCTIONS.has(value.type);
}

function childrenOf(part: unknown): readonly unknown[] {
  return typeof part === 'object' && part !== null ? Object.values(part) : [];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
