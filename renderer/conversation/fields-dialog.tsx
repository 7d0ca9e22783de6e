import { useState } from 'react';
import {
  Button,
  Checkbox,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type {
  FieldCandidate,
  FieldChoice,
  FieldCorrection,
  FieldMeaning,
} from '../../src/model/conversation.ts';
import { meaningWords } from '../../words/conversation.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';

const MEANINGS = ['chat', 'speaker', 'text', 'time'] as const;
/** The key of “as it is”; no field has an empty name. */
const AS_IT_IS = '';

export type FieldsDialogProps = {
  readonly folderId: FolderId;
  readonly fields: readonly FieldChoice[];
  readonly candidates: readonly FieldCandidate[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Lets the person say which field of the messages means what, for now or for good. */
export function FieldsDialog({ folderId, fields, candidates, onClose, onDone }: FieldsDialogProps) {
  const [correction, setCorrection] = useState<FieldCorrection>(() => knownCorrection(fields));
  const [save, setSave] = useState(false);
  const job = useJob<null>(onDone);
  const apply = () =>
    void job.run((options) =>
      call(save ? 'profile.save-fields' : 'conversation.correct', { folderId, fields: correction }, options),
    );
  return (
    <AlertDialog
      title="Which field means what?"
      onClose={onClose}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <Button className="button primary" isDisabled={job.busy} onPress={apply}>
            Apply
          </Button>
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      <p>
        Where messages look wrong, choose the field that holds each part. Nothing in your chats is changed.
      </p>
      <div className="field-choices">
        {MEANINGS.map((meaning) => (
          <FieldSelect
            key={meaning}
            meaning={meaning}
            choice={fields.find((one) => one.meaning === meaning)}
            candidates={candidates}
            value={correction[meaning]}
            onChange={(field) => setCorrection({ ...correction, [meaning]: field })}
          />
        ))}
      </div>
      <Checkbox className="tick" isSelected={save} onChange={setSave}>
        <span className="box">
          <Icon name="check" size={12} />
        </span>
        Remember it in the folder’s profile
      </Checkbox>
    </AlertDialog>
  );
}

/** What the person said before stays said. */
function knownCorrection(fields: readonly FieldChoice[]): FieldCorrection {
  const said = (meaning: FieldMeaning) => {
    const choice = fields.find((one) => one.meaning === meaning && one.because === 'person');
    return choice?.fields[0] ?? null;
  };
  return { chat: said('chat'), speaker: said('speaker'), text: said('text'), time: said('time') };
}

type FieldSelectProps = {
  readonly meaning: FieldMeaning;
  readonly choice: FieldChoice | undefined;
  readonly candidates: readonly FieldCandidate[];
  readonly value: string | null;
  readonly onChange: (field: string | null) => void;
};

function FieldSelect({ meaning, choice, candidates, value, onChange }: FieldSelectProps) {
  const found = choice === undefined || choice.because === 'person' ? [] : choice.fields;
  const asItIs = found.length === 0 ? 'As found' : `As found: ${found.join(' or ')}`;
  const known = candidates.some(({ field }) => field === value) || value === null;
  const options = [
    { id: AS_IT_IS, field: asItIs, example: '' },
    ...(known || value === null ? [] : [{ id: value, field: value, example: '' }]),
    ...candidates.map(({ field, example }) => ({ id: field, field, example })),
  ];
  return (
    <Select
      className="field-choice"
      selectedKey={value ?? AS_IT_IS}
      onSelectionChange={(key) => onChange(key === AS_IT_IS ? null : String(key))}
    >
      <Label>{meaningWords(meaning)}</Label>
      <Button className="button">
        <SelectValue>
          <bdi>{value ?? asItIs}</bdi>
        </SelectValue>
        <Icon name="down" />
      </Button>
      <Popover className="popover chat-popover">
        <ListBox className="menu chat-menu" items={options}>
          {({ id, field, example }) => (
            <ListBoxItem id={id} textValue={field}>
              <span className="chat-line">
                <bdi>{field}</bdi>
                {example !== '' && (
                  <span className="dim" dir="auto">
                    {example}
                  </span>
                )}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
