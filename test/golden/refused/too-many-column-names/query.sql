CREATE VIEW v (a, b) AS SELECT auction FROM bid;
