import { useState } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { formatShort, formatUtc, formatWhen } from '../../words/moments.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';

export type MomentProps = {
  readonly iso: string;
  /** As the functions of that name write it. */
  readonly form: 'short' | 'when';
};

/** A moment in local time. Its UTC shows on hover and on keyboard focus; pressing it keeps UTC in the text. */
export function Moment({ iso, form }: MomentProps) {
  const now = useNow();
  const exact = useExactness()(iso);
  const [inUtc, setInUtc] = useState(false);
  const local = form === 'short' ? formatShort(iso, now, exact) : formatWhen(iso, now, 'full', exact);
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button className="moment" onPress={() => setInUtc(!inUtc)}>
        <time dateTime={iso}>{inUtc ? formatUtc(iso) : local}</time>
      </Button>
      <Tooltip className="tooltip">{inUtc ? local : formatUtc(iso)}</Tooltip>
    </TooltipTrigger>
  );
}
