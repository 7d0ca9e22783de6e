import { Button } from 'react-aria-components';
import { Icon } from '../parts/icons.tsx';

/** The button of the menu, which is there before the menu is. */
export function MoreButton() {
  return (
    <Button className="button quiet icon-only" aria-label="More">
      <Icon name="more" />
    </Button>
  );
}
