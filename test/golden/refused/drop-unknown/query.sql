DROP VIEW bigg;
