/** More at once would gain nothing: Node has four threads for files. */
const AT_ONCE = 16;

/** Does some work on each item, a few at a time. Returns the results in the order of the items; passes on the first error. */
export async function mapInBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map((item) => work(item)))));
  return results;
}
