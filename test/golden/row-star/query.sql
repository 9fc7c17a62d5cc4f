CREATE MATERIALIZED VIEW v AS
SELECT id, ((place).at).* FROM things;
