import { Link } from '@remix-run/react';
import { Bookmark, Trash2, Users } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import { RefusalWords } from '#app/components/ui/refusal.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { SavedView } from '#app/domain/audit/view.ts';
import { useSending } from '#app/use-sending.ts';

interface SavedViewsProps {
  views: readonly SavedView[];
  /** What the address narrows to now. */
  search: string;
}

type Saved = { ok: true } | { ok: false; reason?: undefined };

/** Ways of looking at the log that were given a name, one's own and the team's. */
export function SavedViews({ views, search }: SavedViewsProps) {
  const { t } = useTranslation('log');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        icon={<Bookmark aria-hidden size={16} />}
        onPress={() => setOpen(true)}
        className="text-xs"
      >
        {t('view.title')}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('view.title')}>
        {views.length === 0 ? (
          <p className="text-muted text-sm">{t('view.none')}</p>
        ) : (
          <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
            {views.map((view) => (
              <ViewLine key={view.id} view={view} onGo={() => setOpen(false)} />
            ))}
          </ul>
        )}
        <SaveForm search={search} />
      </Dialog>
    </>
  );
}

function ViewLine({ view, onGo }: { view: SavedView; onGo: () => void }) {
  const { t } = useTranslation('log');
  const { send, answer } = useSending<Saved>('/log/views');
  return (
    <li className="flex flex-wrap items-center gap-x-2 rounded-lg border border-line ps-3">
      <Link
        to={view.search ? `/log?${view.search}` : '/log'}
        onClick={onGo}
        className="target min-w-0 grow content-center py-1"
      >
        <Name isLine className="font-medium">
          {view.name}
        </Name>
        {view.isTeam ? (
          <span className="flex items-center gap-1 text-muted text-xs">
            <Users aria-hidden size={14} className="shrink-0" />
            <span>
              {t('view.team')} · {t('view.by', { name: isolate(view.by) })}
            </span>
          </span>
        ) : null}
      </Link>
      {view.isMine ? (
        <IconButton
          label={t('view.delete', { name: isolate(view.name) })}
          icon={<Trash2 size={16} />}
          onPress={() => void send(new URLSearchParams({ remove: view.id }))}
        />
      ) : null}
      {answer?.ok === false && answer.reason === 'unsent' ? (
        <RefusalWords>{t('sending:unsent')}</RefusalWords>
      ) : null}
    </li>
  );
}

function SaveForm({ search }: { search: string }) {
  const { t } = useTranslation('log');
  const { send, answer, isPending } = useSending<Saved>('/log/views');
  const [name, setName] = useState('');
  const [isTeam, setTeam] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const view = new URLSearchParams({ search, name, ...(isTeam && { team: 'on' }) });
    if ((await send(view))?.ok) setName('');
  };
  const failed = answer?.ok === false;
  return (
    <form onSubmit={submit} className="grid gap-2 border-line border-t pt-4">
      <TextField
        label={t('view.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={60}
        required
        error={failed ? t(answer.reason === 'unsent' ? 'sending:unsent' : 'view.failed') : null}
      />
      <Checkbox checked={isTeam} onChange={setTeam}>
        {t('view.share')}
      </Checkbox>
      <p className="text-muted text-xs">{t('view.shareHelp')}</p>
      <footer className="flex justify-end">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('view.save')}
        </Button>
      </footer>
    </form>
  );
}
