CREATE MATERIALIZED VIEW v AS
SELECT channel FROM bid WHERE jsonb_build_object('c', channel) @? '$.c ? @ == 1';
