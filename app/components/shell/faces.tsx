import { useEffect } from 'react';
import fonts from '#app/styles/fonts.css?url';

/** Brings the faces for scripts the device lacks, after the first view: their list is long. */
export function Faces() {
  useEffect(() => {
    if (!document.querySelector('link[data-faces]')) loadFaces();
  }, []);
  return null;
}

function loadFaces(): void {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = fonts;
  link.dataset.faces = '';
  document.head.append(link);
}
