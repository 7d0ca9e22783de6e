import type { OnlyCopy } from '../../src/model/prune.ts';
import type { Request } from '../ask/use-request.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { OnlyCopies } from './only-copies.tsx';

/** `note`: whether they would be lost with that for good. */
export type QuestionWords = {
  readonly title: string;
  readonly go: string;
  readonly keep: string;
  readonly note: string;
};

export type SecondQuestionProps = {
  readonly copies: Request<readonly OnlyCopy[]>;
  readonly words: QuestionWords;
  readonly onKeep: () => void;
  readonly onGo: () => void;
};

/** Whether a person has to be asked once more: something would be lost for good with them, or that is not known. */
export function needsQuestion({ value, error }: Request<readonly OnlyCopy[]>): boolean {
  return error !== null || (value !== null && value.length > 0);
}

/** Asks once more, and names what only these snapshots can bring back. */
export function SecondQuestion({ copies, words, onKeep, onGo }: SecondQuestionProps) {
  return (
    <AlertDialog
      title={words.title}
      onClose={onKeep}
      footer={
        <>
          {/* The harmless button stands where the last one was: a second click by mistake keeps everything. */}
          <DangerButton isDisabled={false} onPress={onGo}>
            {words.go}
          </DangerButton>
          <CancelButton onPress={onKeep}>{words.keep}</CancelButton>
        </>
      }
    >
      <OnlyCopies copies={copies} note={words.note} />
    </AlertDialog>
  );
}
