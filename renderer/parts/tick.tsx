import type { ReactNode } from 'react';
import { Checkbox } from 'react-aria-components';
import { Icon } from './icons.tsx';

export type TickProps = {
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
};

/** A box to tick, with its label. */
export function Tick({ children, isSelected, onChange }: TickProps) {
  return (
    <Checkbox className="tick" isSelected={isSelected} onChange={onChange}>
      <span className="box">
        <Icon name="check" size={12} />
      </span>
      {children}
    </Checkbox>
  );
}
