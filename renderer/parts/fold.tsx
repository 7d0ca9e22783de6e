import type { ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Icon } from './icons.tsx';

type FoldProps = {
  readonly title: string;
  readonly children: ReactNode;
  /** The class of what is folded. */
  readonly className?: string;
  readonly isOpenAtFirst?: boolean;
  readonly onExpandedChange?: (isExpanded: boolean) => void;
};

/** A heading that shows what stands below it when it is pressed, and folds it again. */
export function Fold({ title, children, className, isOpenAtFirst = false, ...on }: FoldProps) {
  return (
    <Disclosure className="fold" defaultExpanded={isOpenAtFirst} {...on}>
      <Heading level={3}>
        <Button slot="trigger" className="fold-button">
          <Icon name="chevron" />
          {title}
        </Button>
      </Heading>
      <DisclosurePanel {...(className === undefined ? {} : { className })}>{children}</DisclosurePanel>
    </Disclosure>
  );
}
