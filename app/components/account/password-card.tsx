import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { ProfileForm } from './profile-form.tsx';

/** Sets or changes the password. */
export function PasswordCard({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation('account');
  return (
    <Panel title={t('password')}>
      <p className="text-muted text-sm">{hasPassword ? t('password.there') : t('password.none')}</p>
      <ProfileForm isDocument className="grid max-w-sm gap-3">
        <input type="hidden" name="change" value="password" />
        <TextField
          label={t('password.new')}
          description={t('password.rules')}
          name="password"
          type="password"
          autoComplete="new-password"
          dir="ltr"
          required
        />
        <Button type="submit">{hasPassword ? t('password.change') : t('password.choose')}</Button>
      </ProfileForm>
    </Panel>
  );
}
