// `millrace status | head -1`: who reads our output may leave early, which is no error of anybody's.

/** Calls `left` once, when nobody reads standard output or standard error any more; what is written after that is dropped. */
export function onClosedPipe(left: () => void): void {
  let told = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (!told) left();
      told = true;
    });
}
