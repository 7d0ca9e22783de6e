import { type ComponentType, lazy, memo, Suspense, useState } from 'react';

/** A part of the window whose code is loaded after the first list is shown. */
export type Later<P> = {
  /** It is drawn again only if what it is given has changed. */
  readonly View: ComponentType<P>;
  /** Loads its code, once. Never rejects: where that fails, showing the part tries again, and tells. */
  readonly fetch: () => Promise<void>;
};

/**
 * A part whose code is loaded when it is fetched or shown, whichever comes first. Once fetched, it is drawn at once, like
 * any other component; otherwise nothing is drawn until it is there. Code that cannot be loaded is an error of the
 * component, which the window shows with a button to reload it.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  let loaded: ComponentType<P> | null = null;
  const loadOnce = async () => {
    loaded ??= await load();
    return loaded;
  };
  const Awaited = lazy(async () => ({ default: await loadOnce() }));
  function View(props: P) {
    // Chosen once for each place: another component in its place would begin anew, without its state and the focus.
    const [Shown] = useState<ComponentType<P>>(() => loaded ?? Awaited);
    return (
      <Suspense>
        <Shown {...props} />
      </Suspense>
    );
  }
  return {
    View: memo(View),
    async fetch() {
      await loadOnce().catch(() => undefined);
    },
  };
}
