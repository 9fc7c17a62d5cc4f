-- Memory of pipelines, and how far one is that reads its state back.

ALTER TABLE millrace.pipelines
  -- Bytes of state and buffers that it may take; NULL: as the service is configured.
  ADD COLUMN max_memory     bigint CHECK (max_memory > 0),
  -- While it recovers: bytes of its stored state that were read back, and all of them. NULL otherwise.
  ADD COLUMN recovered      bigint,
  ADD COLUMN recovery_total bigint;
