import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export type AlertDialogProps = {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** The buttons. The first one with `autoFocus` gets the focus. */
  readonly footer: ReactNode;
  readonly onClose: () => void;
  /** While true, Escape does nothing: a task is running that has its own Cancel button. */
  readonly busy?: boolean;
  readonly wide?: boolean;
};

/** A dialog that only a decision closes: clicks outside do nothing, Escape means Cancel. */
export function AlertDialog({
  title,
  children,
  footer,
  onClose,
  busy = false,
  wide = false,
}: AlertDialogProps) {
  const dialog = useRef<HTMLElement>(null);
  // The focused element may have been removed or disabled with the last step. Without focus no key would work, not even
  // Escape.
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) dialog.current?.focus();
  });
  return (
    <ModalOverlay
      className="veil"
      isOpen
      isDismissable={false}
      isKeyboardDismissDisabled={busy}
      onOpenChange={(open) => open || onClose()}
    >
      <Modal className={wide ? 'modal wide' : 'modal'}>
        <Dialog ref={dialog} className="dialog" role="alertdialog">
          {/* Live, so that a screen reader announces the new title when the dialog shows the result. */}
          <Heading slot="title" aria-live="polite">
            {title}
          </Heading>
          <div className="dialog-body">{children}</div>
          <footer>{footer}</footer>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Closes the dialog without doing anything. It gets the focus first, so that a dialog opens on the harmless choice. */
export function CancelButton({
  onPress,
  children = 'Cancel',
}: {
  readonly onPress: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <Button className="button" autoFocus onPress={onPress}>
      {children}
    </Button>
  );
}

export type DangerButtonProps = {
  readonly children: ReactNode;
  readonly isDisabled: boolean;
  readonly onPress: () => void;
};

/**
 * A button that ignores Enter, so that a held or repeated Enter cannot destroy anything. Space, a click and a screen
 * reader press it.
 */
export function DangerButton({ children, isDisabled, onPress }: DangerButtonProps) {
  const [hint, setHint] = useState(false);
  // A button that is disabled loses the focus, of which React tells nothing.
  if (isDisabled && hint) setHint(false);
  const refuseEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    setHint(true);
  };
  return (
    <span className="danger" onKeyDownCapture={refuseEnter} onBlurCapture={() => setHint(false)}>
      <Button
        className="button primary"
        isDisabled={isDisabled}
        onPress={onPress}
        aria-describedby="press-space"
      >
        {children}
      </Button>
      <span id="press-space" className={hint ? 'hint' : 'visually-hidden'} role={hint ? 'status' : undefined}>
        Press Space to confirm
      </span>
    </span>
  );
}
