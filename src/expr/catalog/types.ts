// Types of PostgreSQL 18 that operators.ts and functions.ts mention: name, category, `!` when preferred in its category;
// and the casts between them: source, then target and context (i implicit, a assignment, e explicit).
// A test compares this file with a real Postgres.

export const TYPES = `
_aclitem A, _int4 A, _text A, aclitem U, any P, anyarray P, anycompatible P, anycompatiblearray P,
anyelement P, anyenum P, anymultirange P, anynonarray P, anyrange P, bit V, bool B!, box G,
bpchar S, bytea U, char Z, cid U, circle G, date D, float4 N, float8 N!, inet I!, int2 N, int4 N,
int8 N, interval T!, json U, jsonb U, jsonpath U, line G, lseg G, macaddr U, macaddr8 U, money N,
name S, numeric N, oid N!, oidvector A, path G, pg_lsn U, point G, polygon G, record P, text S!,
tid U, time D, timestamp D, timestamptz D!, timetz D, tsquery U, tsvector U, unknown X, uuid U,
varbit V!, varchar S, xid U, xid8 U`;

export const CASTS = `
bit int4 e, int8 e, varbit i
bool bpchar a, int4 e, text a, varchar a
box circle e, lseg e, point e, polygon a
bpchar char a, name i, text i, varchar i
bytea int2 e, int4 e, int8 e
char bpchar a, int4 e, text i, varchar a
circle box e, point e, polygon e
date timestamp i, timestamptz i
float4 float8 i, int2 a, int4 a, int8 a, numeric a
float8 float4 a, int2 a, int4 a, int8 a, numeric a
inet bpchar a, text a, varchar a
int2 bytea e, float4 i, float8 i, int4 i, int8 i, numeric i, oid i
int4 bit e, bool e, bytea e, char e, float4 i, float8 i, int2 a, int8 i, money a, numeric i, oid i
int8 bit e, bytea e, float4 i, float8 i, int2 a, int4 a, money a, numeric i, oid i
interval time a
json jsonb a
jsonb bool e, float4 e, float8 e, int2 e, int4 e, int8 e, json a, numeric e
lseg point e
macaddr macaddr8 i
macaddr8 macaddr i
money numeric a
name bpchar a, text i, varchar a
numeric float4 i, float8 i, int2 a, int4 a, int8 a, money a
oid int4 a, int8 a
path polygon a
point box a
polygon box e, circle e, path a, point e
text bpchar i, char a, name i, varchar i
time interval i, timetz i
timestamp date a, time a, timestamptz i
timestamptz date a, time a, timestamp a, timetz a
timetz time a
varbit bit i
varchar bpchar i, char a, name i, text i
xid8 xid e`;
