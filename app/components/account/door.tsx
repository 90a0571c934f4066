import { type ReactNode, useEffect } from 'react';
import { LanguageChoice } from '#app/components/shell/settings-panel.tsx';
import { forgetUnfinished } from '#app/components/ui/unfinished.ts';

interface DoorProps {
  title: ReactNode;
  /** What to do here, in a sentence. */
  help: ReactNode;
  /** Why the last attempt was refused; read out. */
  refused?: string | null;
  children?: ReactNode;
}

/** The frame of every screen before the shell: one thing to do, in the middle. */
export function Door({ title, help, refused = null, children }: DoorProps) {
  // Whoever was here before has left, or somebody else is about to come in.
  useEffect(forgetUnfinished, []);
  return (
    <main id="content" tabIndex={-1} className="grid min-h-dvh grid-rows-[1fr_auto] outline-none">
      <div className="mx-auto grid w-full max-w-sm content-center gap-3 px-4 py-10">
        <img
          src="/icon.svg"
          alt=""
          width={56}
          height={56}
          className="justify-self-center rounded-lg"
        />
        <h1 className="text-center font-semibold text-lg">{title}</h1>
        <p className="text-center text-muted">{help}</p>
        {refused !== null ? (
          <p role="alert" className="text-center text-danger">
            {refused}
          </p>
        ) : null}
        {children}
      </div>
      <div className="mx-auto w-full max-w-48 px-4 pb-6">
        <LanguageChoice />
      </div>
    </main>
  );
}

/** Between two ways of doing the same. */
export function Or({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-center gap-3 text-muted text-xs before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
      {children}
    </p>
  );
}
