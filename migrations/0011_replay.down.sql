DROP TABLE millrace.dead_letter_readers;
