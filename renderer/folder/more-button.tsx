import type { Ref } from 'react';
import { Button } from 'react-aria-components';
import { Icon } from '../parts/icons.tsx';

type MoreButtonProps = { readonly ref?: Ref<HTMLButtonElement>; readonly onPress?: () => void };

/** The button of the menu, which is there before the menu is: then `onPress` notes that somebody wants it. */
export function MoreButton({ ref, onPress }: MoreButtonProps) {
  return (
    <Button ref={ref} className="button quiet icon-only" aria-label="More" onPressStart={() => onPress?.()}>
      <Icon name="more" />
    </Button>
  );
}
