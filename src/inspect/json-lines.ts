import type { JsonLine } from '../model/rows.ts';
import { type JsonNode, parseJsonTree } from './json-tree.ts';

const MOST_LINES = 5000;

/**
 * Two JSON values as the lines of one tree. Keys are matched by name, and elements of lists by their place, where those that
 * both begin and end with are matched first. Null where not both are objects or lists, or they are too large to be shown.
 */
export function jsonLines(before: string | null, after: string | null): readonly JsonLine[] | null {
  const was = before === null ? null : parseJsonTree(before);
  const is = after === null ? null : parseJsonTree(after);
  if (was === null || is === null || was.type === 'scalar' || is.type === 'scalar') return null;
  const lines: JsonLine[] = [];
  writeBoth(lines, '', was, is, 0);
  return lines.length > MOST_LINES ? null : lines;
}

function write(lines: JsonLine[], side: JsonLine['in'], label: string, node: JsonNode, depth: number): void {
  if (lines.length > MOST_LINES) return;
  if (node.type === 'scalar') {
    lines.push({ depth, in: side, text: label + node.text });
    return;
  }
  const [open, close] = bracketsOf(node);
  if (node.entries.length === 0) {
    lines.push({ depth, in: side, text: label + open + close });
    return;
  }
  lines.push({ depth, in: side, text: label + open });
  for (const { key, node: inner } of node.entries) write(lines, side, labelOf(key), inner, depth + 1);
  lines.push({ depth, in: side, text: close });
}

function writeBoth(lines: JsonLine[], label: string, was: JsonNode, is: JsonNode, depth: number): void {
  if (was.text === is.text) {
    write(lines, 'both', label, is, depth);
    return;
  }
  if (was.type === 'scalar' || is.type === 'scalar' || is.type !== was.type) {
    write(lines, 'before', label, was, depth);
    write(lines, 'after', label, is, depth);
    return;
  }
  const [open, close] = bracketsOf(is);
  lines.push({ depth, in: 'both', text: label + open });
  const pairs =
    is.type === 'object' ? pairByKey(was.entries, is.entries) : pairByPlace(was.entries, is.entries);
  for (const { key, before, after } of pairs) {
    if (lines.length > MOST_LINES) return;
    if (before !== null && after !== null) writeBoth(lines, labelOf(key), before, after, depth + 1);
    else if (before !== null) write(lines, 'before', labelOf(key), before, depth + 1);
    else if (after !== null) write(lines, 'after', labelOf(key), after, depth + 1);
  }
  lines.push({ depth, in: 'both', text: close });
}

type Entries = Exclude<JsonNode, { readonly type: 'scalar' }>['entries'];
type Pair = {
  readonly key: string | null;
  readonly before: JsonNode | null;
  readonly after: JsonNode | null;
};

function pairByKey(was: Entries, is: Entries): readonly Pair[] {
  const here = new Map(was.map(({ key, node }) => [key, node]));
  const there = new Set(is.map(({ key }) => key));
  return [
    ...was
      .filter(({ key }) => !there.has(key))
      .map(({ key, node }): Pair => ({ key, before: node, after: null })),
    ...is.map(({ key, node }): Pair => ({ key, before: here.get(key) ?? null, after: node })),
  ];
}

function pairByPlace(was: Entries, is: Entries): readonly Pair[] {
  const most = Math.min(was.length, is.length);
  const textAt = (entries: Entries, at: number) => entries[at]?.node.text;
  let start = 0;
  while (start < most && textAt(was, start) === textAt(is, start)) start += 1;
  let end = 0;
  while (end < most - start && textAt(was, was.length - 1 - end) === textAt(is, is.length - 1 - end))
    end += 1;
  const between = Math.max(was.length, is.length) - start - end;
  const at = (entries: Entries, index: number, limit: number) =>
    index < limit ? (entries[index]?.node ?? null) : null;
  const same = (entry: Entries[number]): Pair => ({ key: null, before: entry.node, after: entry.node });
  return [
    ...is.slice(0, start).map(same),
    ...Array.from(
      { length: between },
      (_, index): Pair => ({
        key: null,
        before: at(was, start + index, was.length - end),
        after: at(is, start + index, is.length - end),
      }),
    ),
    ...is.slice(is.length - end).map(same),
  ];
}

function bracketsOf({ type }: JsonNode): readonly [string, string] {
  return type === 'object' ? ['{', '}'] : ['[', ']'];
}

function labelOf(key: string | null): string {
  return key === null ? '' : `${JSON.stringify(key)}: `;
}
