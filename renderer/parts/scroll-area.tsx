import { type ReactNode, useEffect, useRef, useState } from 'react';

export type ScrollAreaProps = {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
};

/** A part that scrolls by itself where it holds too much. Then, and only then, Tab stops at it, and the arrows scroll. */
export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  const area = useRef<HTMLElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const { current } = area;
    if (current !== null) setOverflows(current.scrollHeight > current.clientHeight);
  });
  return (
    <section ref={area} className={className} aria-label={label} {...(overflows ? { tabIndex: 0 } : {})}>
      {children}
    </section>
  );
}
