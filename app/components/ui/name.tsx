import { classes } from './classes.ts';

interface NameProps {
  children: string;
  /** BCP 47 tag of the name's owner: picks the face that has their script. */
  lang?: string;
  className?: string;
}

/** A person's or room's name: isolated from the sentence around it, in its own script. */
export function Name({ children, lang, className }: NameProps) {
  return (
    <bdi lang={lang} className={classes('wrap-anywhere', className)}>
      {children}
    </bdi>
  );
}
