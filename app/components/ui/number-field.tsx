import { Minus, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Field, type FieldProps, INPUT_LOOK } from './field.tsx';
import { IconButton } from './icon-button.tsx';

type NumberFieldProps = FieldProps & {
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  name?: string;
  step?: number;
};

/** A whole number within bounds, with buttons for thumbs and arrow keys for the keyboard. */
export function NumberField(props: NumberFieldProps) {
  const { t } = useTranslation();
  const { value, onChange, min, max, step = 1, name, ...field } = props;
  const set = (next: number) => {
    if (Number.isFinite(next)) onChange(Math.min(max, Math.max(min, Math.round(next))));
  };
  return (
    <Field {...field}>
      {(ids) => (
        <span className="flex items-center gap-1">
          <IconButton
            label={t('number.less')}
            icon={<Minus size={16} />}
            isDisabled={value <= min}
            onPress={() => set(value - step)}
          />
          <input
            {...ids}
            {...(name ? { name } : {})}
            type="number"
            inputMode="numeric"
            min={min}
            max={max}
            step={step}
            value={value}
            onChange={(event) => set(event.currentTarget.valueAsNumber)}
            className={`${INPUT_LOOK} tabular max-w-24 text-center`}
          />
          <IconButton
            label={t('number.more')}
            icon={<Plus size={16} />}
            isDisabled={value >= max}
            onPress={() => set(value + step)}
          />
        </span>
      )}
    </Field>
  );
}
