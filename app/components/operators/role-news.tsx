import { UserRoundCog } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askJson } from '#app/ask-json.ts';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { RoleNews } from '#app/domain/access/operators.ts';
import { formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useSending } from '#app/use-sending.ts';

const EVERY_MS = 60_000;
const PATH = '/operators/news';

/** Tells an admin on every screen what other admins did to somebody's rights, until it was seen. */
export function RoleNewsBanner() {
  const { t } = useTranslation('operators');
  const [news, setNews] = useState<readonly RoleNews[]>([]);
  const { send, answer, isPending } = useSending<{ ok: true }>(PATH);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was put away is read anew
  useEffect(() => {
    let isOpen = true;
    const look = async () => {
      const answer = await askJson<{ news: readonly RoleNews[] }>(PATH);
      if (answer && isOpen) setNews(answer.news);
    };
    void look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void look();
    }, EVERY_MS);
    return () => {
      isOpen = false;
      clearInterval(timer);
    };
  }, [answer]);
  if (news.length === 0) return null;
  return (
    <section
      aria-label={t('news.title')}
      className="flex flex-wrap items-start gap-x-4 gap-y-2 border-warning border-b bg-warning-soft px-4 py-2"
    >
      <UserRoundCog aria-hidden size={20} className="mt-1 shrink-0 text-warning" />
      <div role="status" className="min-w-0 grow basis-64 text-sm">
        <ul>
          {news.map((one) => (
            <NewsLine key={one.id} news={one} />
          ))}
        </ul>
        <Refusal of="operators" answer={answer} />
      </div>
      <Button
        isPending={isPending}
        onPress={() => void send(new URLSearchParams(news.map(({ id }) => ['seen', id])))}
      >
        {t('news.seen')}
      </Button>
    </section>
  );
}

function NewsLine({ news }: { news: RoleNews }) {
  const { t } = useTranslation('operators');
  const locale = useLocale();
  const roles = formatList(
    locale,
    news.roles.map((role) => t(`words:operator.${role}`)),
  );
  return (
    <li>
      {t(`news.${news.change}`, {
        by: news.byName === null ? t('news.server') : isolate(news.byName),
        name: isolate(news.operatorName),
        roles: roles || t('noRoles'),
      })}{' '}
      <RelativeTime at={news.at} className="text-muted text-xs" />
    </li>
  );
}
