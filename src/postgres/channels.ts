// Names of the NOTIFY channels. Payloads are hints: who wakes up reads the tables.

/** `<pipeline id>:<epoch>` after each commit that changed a view or the pipeline's status. */
export const EPOCH_CHANNEL = 'millrace_epoch';
