import { useTranslation } from 'react-i18next';
import { LinkDoor } from './link-door.tsx';

type SignInScreenProps =
  | { state: 'ready'; token: string; signedInAs: string | null }
  | { state: 'refused' | 'tooMany' };

/** The door of operators, and of hosts whose link this server made. */
export function SignInScreen(props: SignInScreenProps) {
  const { t } = useTranslation('sign-in');
  const { state } = props;
  return (
    <LinkDoor
      title={t(`${state}.title`)}
      help={t(`${state}.help`)}
      isRefused={state !== 'ready'}
      use={props.state === 'ready' ? { ...props, action: '/sign-in', label: t('enter') } : null}
    />
  );
}
