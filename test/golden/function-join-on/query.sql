CREATE FUNCTION key(x bigint) RETURNS bigint LANGUAGE sql RETURN x % 1000;
CREATE MATERIALIZED VIEW v AS SELECT b.price, a.item_name FROM bid AS b JOIN auction AS a ON key(b.auction) = key(a.id);
