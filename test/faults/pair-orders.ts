/* What was done in one folder at once, and the orders in which it may have been done one after the other. */

/** How an action ended: `done`, or the code of the error and what it says; and its calls that change something. */
export type Ended = {
  readonly code: string;
  readonly said: readonly string[];
  readonly calls: readonly string[];
};

/** What was done, and how it ended; null where it was killed. */
export type Did = { readonly action: string; readonly ended: Ended | null };

/** Each order of some of them, which may have been done. */
export function ordersOf(did: readonly Did[]): readonly (readonly string[])[] {
  const [first, ...rest] = did;
  if (first === undefined) return [[]];
  const others = ordersOf(rest);
  const { action, ended } = first;
  const within = others.flatMap((order) =>
    Array.from({ length: order.length + 1 }, (_, at) => [...order.slice(0, at), action, ...order.slice(at)]),
  );
  if (ended === null) return [...others, ...within];
  return ended.code === 'done' ? within : others;
}

/** The action itself, whoever does it. */
export function plainly(action: string): string {
  return action.replace(/ (?:in the window|on the command line)$/, '');
}
