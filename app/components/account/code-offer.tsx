import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { CodeOffer } from '#app/domain/access/account.ts';

/** The fields of a form that sets one-time codes up: the secret as a picture and as text, and a code. */
export function CodeOfferFields({ offer }: { offer: CodeOffer }) {
  const { t } = useTranslation('account');
  const { size, path } = offer.picture;
  return (
    <>
      <input type="hidden" name="sealed" value={offer.sealed} />
      <p className="text-sm">{t('codes.scan')}</p>
      <svg
        role="img"
        aria-label={t('codes.picture')}
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
        className="w-48 justify-self-center rounded-lg"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <p className="text-muted text-xs">
        {t('codes.type')}{' '}
        <bdi dir="ltr" className="select-all break-all font-mono text-text">
          {offer.secret}
        </bdi>{' '}
        <a href={offer.uri} className="text-accent underline">
          {t('codes.open')}
        </a>
      </p>
      <CodeField />
      <Button type="submit" variant="primary">
        {t('codes.confirm')}
      </Button>
    </>
  );
}

/** Six digits of an authenticator app. */
export function CodeField({ takesRecovery = false }: { takesRecovery?: boolean }) {
  const { t } = useTranslation('account');
  return (
    <TextField
      label={t('code')}
      description={takesRecovery ? t('code.orRecovery') : undefined}
      name="code"
      inputMode={takesRecovery ? 'text' : 'numeric'}
      autoComplete="one-time-code"
      dir="ltr"
      maxLength={20}
      required
    />
  );
}
