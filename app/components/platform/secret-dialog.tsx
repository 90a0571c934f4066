import { Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';

interface SecretDialogProps {
  secret: string;
  /** What it is for, and that it is shown this once. */
  help: string;
  onClose: () => void;
}

/** A secret, this once. Doesn't close on a press beside it. */
export function SecretDialog({ secret, help, onClose }: SecretDialogProps) {
  const { t } = useTranslation('platform');
  const [isCopied, setCopied] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    box.current?.select();
    // Without the right to the clipboard it is at least selected.
    await navigator.clipboard?.writeText(secret).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <Dialog role="alertdialog" isOpen onClose={onClose} title={t('secret.title')}>
      <p className="text-sm">{help}</p>
      <textarea
        ref={box}
        readOnly
        aria-label={t('secret.label')}
        dir="ltr"
        rows={3}
        value={secret}
        spellCheck={false}
        onFocus={(event) => event.currentTarget.select()}
        className="w-full resize-none break-all rounded-lg border border-control bg-raised p-2 font-mono text-xs"
      />
      <footer className="flex flex-wrap items-center justify-end gap-2">
        <span role="status" className="text-ok text-xs">
          {isCopied ? t('secret.copied') : ''}
        </span>
        <Button icon={<Copy aria-hidden size={16} />} onPress={copy}>
          {t('secret.copy')}
        </Button>
        <Button variant="primary" onPress={onClose}>
          {t('secret.done')}
        </Button>
      </footer>
    </Dialog>
  );
}
