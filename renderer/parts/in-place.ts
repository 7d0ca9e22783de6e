/** Items that nothing tells apart but their places, which never change: each with its place as the key that React asks for. */
export function inPlace<T>(items: readonly T[]): readonly { readonly key: number; readonly item: T }[] {
  return items.map((item, key) => ({ key, item }));
}
