import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { Related } from '../../src/model/selection.ts';
import { type ChosenPart, relatedChoices } from '../../words/part.ts';

const SIZES: readonly Related[] = ['none', 'children', 'operation'];

export type RelatedChoiceProps = {
  readonly part: Extract<ChosenPart, { readonly as: 'rows' | 'message' }>;
  readonly related: Related;
  readonly onChange: (related: Related) => void;
};

/** What comes back along with single messages or rows, in three sizes. */
export function RelatedChoice({ part, related, onChange }: RelatedChoiceProps) {
  const choices = relatedChoices(part);
  return (
    <RadioGroup
      className="choices"
      value={related}
      onChange={(value) => onChange(SIZES.find((size) => size === value) ?? 'none')}
    >
      <Label className="visually-hidden">What comes along</Label>
      {SIZES.map((size) => (
        <Radio key={size} value={size} className="choice">
          <span className="dot" />
          <span>
            <b>{choices[size].what}</b>
            <span className="dim">{choices[size].means}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
