import { Download } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { PurposeFields } from './purpose-fields.tsx';

/** Takes everything that the filters find out of the console, for a purpose that is recorded. */
export function ExportButton({ search }: { search: string }) {
  const { t } = useTranslation('log');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        icon={<Download aria-hidden size={16} />}
        onPress={() => setOpen(true)}
        className="text-xs"
      >
        {t('export.title')}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('export.title')}>
        <ExportForm search={search} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function ExportForm({ search, onClose }: { search: string; onClose: () => void }) {
  const { t } = useTranslation('log');
  const [isMissing, setMissing] = useState(false);
  const check = (event: FormEvent<HTMLFormElement>) => {
    const why = new FormData(event.currentTarget).get('why');
    if (typeof why !== 'string' || why.trim() === '') {
      event.preventDefault();
      setMissing(true);
    } else {
      // The browser takes the form with it as it is now.
      setTimeout(onClose);
    }
  };
  return (
    // The browser's own submit: it writes the file as it comes, however long it is.
    <form method="post" action="/log/export" onSubmit={check} noValidate className="grid gap-4">
      <p className="text-sm">{t('export.help')}</p>
      <input type="hidden" name="search" value={search} />
      <Select
        label={t('export.format')}
        name="format"
        choices={[
          { value: 'csv', label: t('export.csv') },
          { value: 'ndjson', label: t('export.ndjson') },
        ]}
      />
      <PurposeFields isMissing={isMissing} />
      <footer className="flex flex-wrap justify-end gap-2 max-sm:grid max-sm:grid-cols-1">
        <Button onPress={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="primary">
          {t('export.start')}
        </Button>
      </footer>
    </form>
  );
}
