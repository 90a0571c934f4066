import { useTranslation } from 'react-i18next';

/** Codes that are shown this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation('account');
  return (
    <section aria-label={t('recovery.title')} className="grid gap-2">
      <p className="text-sm">{t('recovery.help')}</p>
      <ul
        dir="ltr"
        className="grid grid-cols-2 gap-x-4 gap-y-1 rounded-lg border border-line bg-surface p-3 font-mono text-sm"
      >
        {codes.map((code) => (
          <li key={code} className="whitespace-nowrap text-center">
            {code}
          </li>
        ))}
      </ul>
    </section>
  );
}
