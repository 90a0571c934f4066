import { type ReactNode, useId } from 'react';
import { Button, type ButtonProps } from '#app/components/ui/button.tsx';
import { ProfileForm } from './profile-form.tsx';

/** A part of the profile. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <h2 id={id} className="font-semibold text-sm">
        {title}
      </h2>
      {children}
    </section>
  );
}

interface ChangeButtonProps extends Pick<ButtonProps, 'variant' | 'icon'> {
  change: string;
  id?: string;
  children: ReactNode;
}

/** A button that makes one change to the account. */
export function ChangeButton({ change, id, children, ...button }: ChangeButtonProps) {
  return (
    <ProfileForm>
      <input type="hidden" name="change" value={change} />
      {id !== undefined ? <input type="hidden" name="id" value={id} /> : null}
      <Button type="submit" {...button}>
        {children}
      </Button>
    </ProfileForm>
  );
}
