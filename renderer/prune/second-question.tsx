import type { OnlyCopy } from '../../src/model/prune.ts';
import { choose } from '../../words/plurals.ts';
import type { Request } from '../ask/use-request.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { OnlyCopies } from './only-copies.tsx';

export type SecondQuestionProps = {
  readonly copies: Request<readonly OnlyCopy[]>;
  /** How many snapshots are to be moved. */
  readonly amount: number;
  readonly onKeep: () => void;
  readonly onMove: () => void;
};

/** Whether a person has to be asked once more: something would be lost for good with them, or that is not known. */
export function needsQuestion({ value, error }: Request<readonly OnlyCopy[]>): boolean {
  return error !== null || (value !== null && value.length > 0);
}

/** Asks once more, and names what only these snapshots can bring back. */
export function SecondQuestion({ copies, amount, onKeep, onMove }: SecondQuestionProps) {
  const [it, that] = [choose(amount, 'it', 'them'), choose(amount, 'that one', 'them')];
  return (
    <AlertDialog
      title={`Move ${it} to the trash all the same?`}
      onClose={onKeep}
      footer={
        <>
          {/* The harmless button stands where the last one was: a second click by mistake keeps everything. */}
          <DangerButton isDisabled={false} onPress={onMove}>
            Move {it} all the same
          </DangerButton>
          <CancelButton onPress={onKeep}>Keep {that}</CancelButton>
        </>
      }
    >
      <OnlyCopies copies={copies} />
    </AlertDialog>
  );
}
