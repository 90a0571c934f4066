import { X } from 'lucide-react';
import { Dialog, Heading } from 'react-aria-components/Dialog';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useTranslation } from 'react-i18next';
import { useLocale } from '#app/i18n/use-locale.ts';
import { classes } from './classes.ts';
import type { DialogProps } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';

/** The part of a dialog that is fetched when one first opens. */
export function DialogBody(props: DialogProps) {
  const { t } = useTranslation();
  const { role = 'dialog', size = 'small' } = props;
  return (
    <I18nProvider locale={useLocale()}>
      <ModalOverlay
        isOpen
        onOpenChange={(open) => {
          if (!open) props.onClose();
        }}
        isDismissable={role === 'dialog'}
        className="fixed inset-0 z-50 grid place-items-center bg-shade p-4 max-sm:place-items-end max-sm:p-0"
      >
        <Modal
          className={classes(
            'max-h-[85dvh] w-full overflow-auto rounded-xl border border-line bg-surface shadow-over',
            'max-sm:rounded-b-none max-sm:pb-[env(safe-area-inset-bottom)]',
            size === 'small' ? 'sm:max-w-md' : 'sm:max-w-2xl',
          )}
        >
          <Dialog role={role} className="grid gap-4 p-4 outline-none">
            <header className="flex items-center justify-between gap-2">
              <Heading slot="title" className="font-semibold text-md">
                {props.title}
              </Heading>
              <IconButton label={t('close')} icon={<X size={18} />} onPress={props.onClose} />
            </header>
            {props.children}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </I18nProvider>
  );
}
