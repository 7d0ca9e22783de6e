/**
 * SQL: all parts joined by an operator that may be grouped in any way, such as AND. SQLite refuses expressions that are
 * nested more than 1,000 deep, and a plain chain of parts is as deep as it is long. `none` stands for no parts at all.
 */
export function joinBalanced(parts: readonly string[], operator: 'AND' | 'OR' | '||', none: string): string {
  const [first = none] = parts;
  if (parts.length <= 1) return first;
  const half = Math.ceil(parts.length / 2);
  const left = joinBalanced(parts.slice(0, half), operator, none);
  const right = joinBalanced(parts.slice(half), operator, none);
  return `(${left} ${operator} ${right})`;
}
