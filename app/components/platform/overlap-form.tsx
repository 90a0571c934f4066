import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { NumberField } from '#app/components/ui/number-field.tsx';
import { LONGEST_OVERLAP } from '#app/domain/platform/view.ts';

interface OverlapFormProps {
  help: string;
  label: string;
  hours: number;
  onChange: (hours: number) => void;
  isPending: boolean;
  onSubmit: () => void;
}

/** What it begins with. */
export const USUAL_OVERLAP = 24;

/** Name under which the hours chosen for a secret wait for a fresh proof. */
export const RENEWING = 'overlap';

/** Such hours. */
export interface AskedOverlap {
  /** Of the key or the webhook. */
  id: string;
  hours: number;
}

/** Asks for how long the old secret goes on beside the new one. */
export function OverlapForm(props: OverlapFormProps) {
  const { help, label, hours, onChange, isPending, onSubmit } = props;
  const { t } = useTranslation('platform');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} className="grid gap-2 border-line border-t pt-4">
      <p className="text-sm">{help}</p>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <NumberField
          label={t('key.overlap')}
          value={hours}
          onChange={onChange}
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
