// Counts the epochs that were begun, also those that were rolled back: a trigger behind the fence advances sequences, which no
// rollback takes back.

import type { Connection } from '../../src/postgres/connection.ts';

const MOST_PIPELINES = 40;

/** Before the first epoch; the schema must be there. */
export async function countAttempts(connection: Connection): Promise<void> {
  await connection.script(`
    CREATE SEQUENCE public.attempts;
    DO $$ BEGIN
      FOR id IN 1..${MOST_PIPELINES} LOOP
        EXECUTE format('CREATE SEQUENCE public.attempted_%s MINVALUE 0', id);
      END LOOP;
    END $$;
    CREATE FUNCTION public.count_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM nextval('public.attempts'), setval('public.attempted_' || NEW.id, NEW.epoch);
      RETURN NULL;
    END $$;
    CREATE TRIGGER count_attempt AFTER UPDATE ON millrace.pipelines
      FOR EACH ROW WHEN (NEW.epoch > OLD.epoch) EXECUTE FUNCTION public.count_attempt();`);
}

export interface Attempts {
  /** Transactions that got past their fence. */
  readonly begun: number;
  /** Epochs that are committed. */
  readonly committed: number;
}

export async function readAttempts(connection: Connection): Promise<Attempts> {
  const { rows } = await connection.query<{ begun: string; committed: string }>(
    `SELECT (SELECT last_value FROM public.attempts)::text AS begun,
            (SELECT sum(epoch) FROM millrace.pipelines)::text AS committed`,
  );
  return { begun: Number(rows[0]!.begun), committed: Number(rows[0]!.committed) };
}

/** The epoch whose transaction was begun last. */
export async function lastAttempted(connection: Connection, pipelineId: number): Promise<number> {
  const { rows } = await connection.query<{ epoch: string }>(
    `SELECT last_value::text AS epoch FROM public.attempted_${pipelineId}`,
  );
  return Number(rows[0]!.epoch);
}
