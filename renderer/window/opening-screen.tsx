import { useEffect, useState } from 'react';
import { Working } from '../parts/working.tsx';
import type { Opening } from './opener.ts';

/** A folder that opens sooner is shown without anything before it: that would only flash, and delay it. */
const SOON_MS = 300;

/** What is shown while the first folder opens, if that takes longer than a moment. */
export function OpeningScreen({ opening }: { readonly opening: Opening }) {
  const [takesLong, setTakesLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTakesLong(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!takesLong) return <div className="blank" />;
  return (
    <main className="opening">
      <h1 className="visually-hidden">Snapback</h1>
      <Working progress={opening.progress} words={opening.words ?? 'Opening'} onCancel={opening.cancel} />
    </main>
  );
}
