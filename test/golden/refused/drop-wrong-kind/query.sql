DROP VIEW kept;
