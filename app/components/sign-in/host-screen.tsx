import { useTranslation } from 'react-i18next';
import type { HostLinkRefusal } from '#app/domain/access/host-link.ts';
import { LinkDoor } from './link-door.tsx';

type HostScreenProps =
  | { state: 'ready'; token: string; signedInAs: string | null }
  | { state: HostLinkRefusal | 'missing' };

/** The door of hosts who come from their audio app: one press, or why not and what to do. */
export function HostScreen(props: HostScreenProps) {
  const { t } = useTranslation('host');
  const { state } = props;
  return (
    <LinkDoor
      title={t(`${state}.title`)}
      help={t(`${state}.help`)}
      isRefused={state !== 'ready' && state !== 'missing'}
      use={props.state === 'ready' ? { ...props, action: '/host', label: t('enter') } : null}
    />
  );
}
