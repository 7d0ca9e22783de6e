import { Button } from 'react-aria-components';
import { type ChosenPart, chosenWords, MOST_CHOSEN, messagesPart } from '../../words/part.ts';
import type { ChosenMessages } from './use-chosen-messages.ts';

export type ChosenBarProps = {
  readonly chosen: ChosenMessages;
  readonly onRestorePart: (part: ChosenPart) => void;
  /** Ends the choice, and the bar with it: the focus has to be somewhere else then. */
  readonly onClear: () => void;
};

/** How many lost messages are chosen, and what can be done with them. */
export function ChosenBar({ chosen, onRestorePart, onClear }: ChosenBarProps) {
  const { isAny, lost } = chosen;
  if (!isAny) return null;
  const isPossible = lost !== null && lost.length > 0 && lost.length <= MOST_CHOSEN;
  return (
    <section className="chosen-bar" aria-label="Selected messages">
      <p role="status">{lost === null ? 'Counting' : chosenWords(lost.length)}</p>
      <Button
        className="button"
        isDisabled={!isPossible}
        onPress={() => lost !== null && onRestorePart(messagesPart(lost))}
      >
        Bring these back…
      </Button>
      <Button className="button quiet" aria-label="Clear selection" onPress={onClear}>
        Clear
      </Button>
    </section>
  );
}
