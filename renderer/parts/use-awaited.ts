import { useEffect, useState } from 'react';

type Act<Found> = (found: Found) => void;
type Wish<Found> = { readonly subject: string; readonly place: number; readonly act: Act<Found> };

/**
 * Does what a key asked of a place as soon as what stands there has been read: no key is lost because somebody was faster.
 * A newer wish replaces the last one, and none outlives its subject. `find` gives null while a place is being read.
 */
export function useAwaited<Found>(
  subject: string,
  find: (place: number) => Found | null,
): (place: number, act: Act<Found>) => void {
  const [wish, setWish] = useState<Wish<Found> | null>(null);
  useEffect(() => {
    if (wish === null) return;
    const found = wish.subject === subject ? find(wish.place) : null;
    if (found === null && wish.subject === subject) return;
    setWish(null);
    if (found !== null) wish.act(found);
  });
  return (place, act) => setWish({ subject, place, act });
}
