/** More at once gains nothing: Node has four threads for files. */
const AT_ONCE = 16;

/** The results of some work on each item, in the order of the items, a few at a time. Passes on the first error. */
export async function mapInBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map((item) => work(item)))));
  return results;
}
