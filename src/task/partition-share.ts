// Which task reads a partition. It follows from the number of tasks alone; positions are committed by partition, so it may be
// another task after a restart.

/** `source` is the place of the source among those of the pipeline: sources of one partition each are dealt out too. */
export function readerOf(source: number, partition: number, tasks: number): number {
  return (source + partition) % tasks;
}
