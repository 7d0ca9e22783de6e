/** Makes a value when it is first asked for. Formatters take about a millisecond each to make, and a start needs few of them. */
export function onFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
