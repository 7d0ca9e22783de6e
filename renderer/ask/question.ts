/** The arguments as a text that is the same for equal ones. It also tells integers and values apart that JSON has no form for. */
export function questionOf(args: unknown): string {
  return JSON.stringify(args, (_, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? { [typeof value]: String(value) }
      : value,
  );
}
