-- A request may carry a file: what the file said before is replaced, and the same text again changes nothing.
ALTER TABLE millrace.requests ADD COLUMN file text;
