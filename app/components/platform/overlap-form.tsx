import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { NumberField } from '#app/components/ui/number-field.tsx';
import { LONGEST_OVERLAP } from '#app/domain/platform/view.ts';

interface OverlapFormProps {
  help: string;
  label: string;
  isPending: boolean;
  onSubmit: (hours: number) => void;
}

/** Asks for how long the old secret goes on beside the new one. */
export function OverlapForm({ help, label, isPending, onSubmit }: OverlapFormProps) {
  const { t } = useTranslation('platform');
  const [hours, setHours] = useState(24);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(hours);
  };
  return (
    <form onSubmit={submit} className="grid gap-2 border-line border-t pt-4">
      <p className="text-sm">{help}</p>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <NumberField
          label={t('key.overlap')}
          value={hours}
          onChange={setHours}
          min={0}
          max={LONGEST_OVERLAP}
        />
        <Button type="submit" isPending={isPending}>
          {label}
        </Button>
      </div>
    </form>
  );
}
