import { CircleCheck, RotateCcw, TriangleAlert, Undo2, X } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { IconButton } from './icon-button.tsx';
import { announce, announceNow } from './live-region.tsx';
import { currentNotices, dismiss, type Notice, watchNotices } from './notices.ts';
import { useNow } from './now.tsx';

const NONE: readonly Notice[] = [];

/** What was done, what failed, and the ten seconds of undo; once, in the shell. */
export function NoticeList() {
  const { t } = useTranslation();
  const notices = useSyncExternalStore(watchNotices, currentNotices, () => NONE);
  const newest = useRef(0);
  useEffect(() => {
    for (const notice of notices) {
      if (notice.id <= newest.current) continue;
      newest.current = notice.id;
      if (notice.kind === 'failure') announceNow(notice.text);
      else announce(notice.kind === 'undo' ? `${notice.text} ${t('undo.offer')}` : notice.text);
    }
  }, [notices, t]);
  return (
    <section
      aria-label={t('notices')}
      className={
        'pointer-events-none fixed inset-x-0 bottom-(--foot) z-40 mx-auto grid max-w-lg gap-2 p-3 ' +
        'max-sm:bottom-[calc(3.5rem+var(--foot)+env(safe-area-inset-bottom))]'
      }
    >
      {notices.map((notice) => (
        <NoticeBar key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeBar({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  const failed = notice.kind === 'failure';
  return (
    <div
      className={classes(
        'pointer-events-auto flex items-center gap-2 rounded-lg border bg-surface ps-3 shadow-over max-sm:flex-wrap',
        failed ? 'border-danger' : 'border-line',
      )}
    >
      {failed ? (
        <TriangleAlert aria-hidden size={18} className="shrink-0 text-danger" />
      ) : (
        <CircleCheck aria-hidden size={18} className="shrink-0 text-ok" />
      )}
      <p className="min-w-0 flex-1 basis-24 py-2 text-sm">{notice.text}</p>
      <span className="ms-auto flex items-center gap-2">
        {notice.kind === 'undo' ? <UndoButton notice={notice} /> : null}
        {notice.kind === 'done' && notice.more ? (
          <Button
            variant="ghost"
            className="shrink-0 text-accent"
            onPress={() => {
              dismiss(notice.id);
              notice.more?.open();
            }}
          >
            {notice.more.label}
          </Button>
        ) : null}
        {failed && notice.retry ? (
          <Button
            variant="ghost"
            icon={<RotateCcw aria-hidden size={16} />}
            onPress={() => {
              dismiss(notice.id);
              notice.retry?.();
            }}
          >
            {t('retry')}
          </Button>
        ) : null}
        <IconButton
          label={t('dismiss')}
          icon={<X size={16} />}
          onPress={() => dismiss(notice.id)}
        />
      </span>
    </div>
  );
}

function UndoButton({ notice }: { notice: Extract<Notice, { kind: 'undo' }> }) {
  const { t } = useTranslation();
  const seconds = Math.max(0, Math.ceil((notice.until - useNow()) / 1000));
  return (
    <Button
      variant="ghost"
      className="tabular shrink-0 whitespace-nowrap text-accent"
      icon={<Undo2 aria-hidden size={16} className="rtl:-scale-x-100" />}
      onPress={() => {
        dismiss(notice.id);
        notice.undo();
      }}
    >
      {t('undo.in', { count: Math.min(10, seconds) })}
    </Button>
  );
}
