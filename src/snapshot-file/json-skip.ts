const DEEPEST_NESTING = 500;

/** The steps of which skipping consists. Each one fails if the file does not have what it expects. */
type Steps = {
  /** The next character that is not white space, without consuming it. */
  readonly next: () => Promise<string>;
  readonly expect: (punctuation: string) => Promise<void>;
  /** Consumes the key of a member and its colon. */
  readonly key: () => Promise<void>;
  readonly scalar: () => Promise<unknown>;
  readonly tooDeep: () => Error;
};

/** Skips any value, without recursion. `elements`: how many an array had. */
export async function skipValue(steps: Steps): Promise<{ readonly elements: number }> {
  const { next, expect, key, scalar, tooDeep } = steps;
  const open: string[] = [];
  let elements = 0;
  do {
    const first = await next();
    if (first === '{' || first === '[') {
      await expect(first);
      open.push(first);
      if (open.length > DEEPEST_NESTING) throw tooDeep();
      if ((await next()) !== closing(first)) {
        if (open.length === 1) elements = 1;
        if (first === '{') await key();
        continue;
      }
    } else await scalar();
    // A value is complete. Close whatever ends here, or continue with the next value.
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if ((await next()) === ',') {
        await expect(',');
        if (open.length === 1) elements += 1;
        if (top === '{') await key();
        break;
      }
      await expect(closing(top));
      open.pop();
    }
  } while (open.length > 0);
  return { elements };
}

function closing(opening: string): string {
  return opening === '{' ? '}' : ']';
}
