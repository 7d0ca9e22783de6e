import { type ReactNode, useEffect, useRef, useState } from 'react';

export type ScrollAreaProps = {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
};

/**
 * A section that scrolls on its own when its content overflows. Only then is it a Tab stop, so that the arrow keys can
 * scroll it.
 */
export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  const area = useRef<HTMLElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const { current } = area;
    if (current === null) return;
    const measure = () => setOverflows(current.scrollHeight > current.clientHeight);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(current);
    return () => sizes.disconnect();
  });
  return (
    <section ref={area} className={className} aria-label={label} {...(overflows ? { tabIndex: 0 } : {})}>
      {children}
    </section>
  );
}
