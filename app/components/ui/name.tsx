import { classes } from './classes.ts';

interface NameProps {
  children: string;
  /** BCP 47 tag of the name's owner: picks the face that has their script. */
  lang?: string;
  className?: string;
  /** One line, cut off at the end of the name itself, whichever way the screen reads. */
  isLine?: boolean;
}

/** A person's or room's name: isolated from the sentence around it, in its own script. */
export function Name({ children, lang, className, isLine = false }: NameProps) {
  return (
    <bdi lang={lang} className={classes(isLine ? 'name-line' : 'wrap-anywhere', className)}>
      {children}
    </bdi>
  );
}
