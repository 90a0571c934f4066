import { forwardRef, type TextareaHTMLAttributes } from 'react';
import { classes } from './classes.ts';
import { Field, type FieldProps, INPUT_LOOK } from './field.tsx';

type TextAreaProps = FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'>;

/** Several lines of text that grow with what is typed. */
export const TextArea = forwardRef<HTMLTextAreaElement, TextAreaProps>(function TextArea(
  { label, labelHidden, description, error, className, ...input },
  ref,
) {
  const frame = { label, labelHidden: labelHidden ?? false, description, error: error ?? null };
  return (
    <Field {...frame}>
      {(ids) => (
        <textarea
          dir="auto"
          rows={3}
          {...input}
          {...ids}
          ref={ref}
          className={classes(INPUT_LOOK, 'field-sizing-content max-h-60 min-h-20', className)}
        />
      )}
    </Field>
  );
});
