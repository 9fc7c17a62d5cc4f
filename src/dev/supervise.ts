// Keeps a local server up while the service runs: when it dies (killed, out of memory) it is started again on the same port and
// files, with growing pauses, while the service backs off and goes on where it was.

export interface Supervisable {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface Supervised<Server> {
  /** The server as it was last started; its address never changes. */
  readonly server: Server;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** A server that lived this long has recovered: the next pause is short again. */
const STEADY_AFTER_MS = 60_000;

/** `restart` must start it on the address of the first. */
export function supervise<Server extends Supervisable>(
  name: string,
  first: Server,
  restart: () => Promise<Server>,
  log: (line: string) => void,
): Supervised<Server> {
  const stopping = new AbortController();
  let server = first;
  const keep = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const since = performance.now();
      await server.ended;
      if (stopping.signal.aborted) return;
      if (performance.now() - since > STEADY_AFTER_MS) pause = FIRST_PAUSE_MS;
      log(`${name} has ended unexpectedly; starting it again`);
      for (let up = false; !up && !stopping.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        await sleep(pause, stopping.signal);
        up = await restart().then(
          (again) => ((server = again), true),
          (error: unknown) => (log(`${name} does not start: ${String(error)}`), false),
        );
      }
    }
  };
  const kept = keep();
  return {
    get server() {
      return server;
    },
    async stop() {
      stopping.abort();
      await server.stop();
      await kept;
      await server.stop(); // One that a restart in flight has brought up meanwhile.
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
  });
}
