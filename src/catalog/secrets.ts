// Which options hold secrets, and texts in which their values are hidden.

/** Keys of options whose values are never shown. */
export const SECRET_KEY = /password|secret|token|credential|private/i;

const SECRET_OPTION =
  /([\w.]*(?:password|secret|token|credential|private)[\w.]*"?\s*=\s*)E?'(?:[^'\\]|''|\\.)*'/gi;

/** A text as it was written, which need not be SQL, with the values of such options hidden. */
export function hideSecrets(text: string): string {
  return text.replace(SECRET_OPTION, "$1'***'");
}
