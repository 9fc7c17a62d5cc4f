// What the system says when a file cannot be read or written, in our terms.

import { MillraceError } from '../../errors.ts';

/** `path`: as the source or sink names it. */
export async function onFile<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Errors that are not of the system stay what they are. */
export function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MillraceError || !('code' in error)) return error;
  const told = { domain: 'external', retryable: true, cause: error } as const;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new MillraceError({
        code: 'FILE_NO_ROOM',
        message: `there is no room for the file ${path}`,
        hint: 'make room: it is tried again',
        ...told,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new MillraceError({
        code: 'FILE_ACCESS_DENIED',
        message: `the file ${path} may not be opened: ${error.message}`,
        hint: 'let the user of the service read it, or write it and its folder',
        ...told,
      });
    case 'ENOENT':
      return new MillraceError({
        code: 'FILE_NOT_FOUND',
        message: `there is no file ${path}`,
        hint: 'put it back, with its folder',
        ...told,
      });
    default:
      return new MillraceError({
        code: 'FILE_ERROR',
        message: `the file ${path}: ${error.message}`,
        hint: 'look at the file and its disk',
        ...told,
      });
  }
}
