import type { ReactNode } from 'react';
import { Button, type ButtonProps } from '#app/components/ui/button.tsx';
import { ProfileForm } from './profile-form.tsx';

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
