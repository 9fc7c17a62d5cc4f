// Operators of PostgreSQL 18 by name: `left: right result, right result, …`, left `-` for prefix operators. All of them,
// also over types that Millrace lacks: which candidate is chosen for a literal depends on its rivals.
// A test compares this file with a real Postgres.

/** Of < and its like. */
const ORDERED = `
anyarray: anyarray bool
anyenum: anyenum bool
anymultirange: anymultirange bool
anyrange: anyrange bool
bit: bit bool
bool: bool bool
box: box bool
bpchar: bpchar bool
bytea: bytea bool
char: char bool
circle: circle bool
date: date bool, timestamp bool, timestamptz bool
float4: float4 bool, float8 bool
float8: float4 bool, float8 bool
inet: inet bool
int2: int2 bool, int4 bool, int8 bool
int4: int2 bool, int4 bool, int8 bool
int8: int2 bool, int4 bool, int8 bool
interval: interval bool
jsonb: jsonb bool
lseg: lseg bool
macaddr: macaddr bool
macaddr8: macaddr8 bool
money: money bool
name: name bool, text bool
numeric: numeric bool
oid: oid bool
oidvector: oidvector bool
path: path bool
pg_lsn: pg_lsn bool
record: record bool
text: name bool, text bool
tid: tid bool
time: time bool
timestamp: date bool, timestamp bool, timestamptz bool
timestamptz: date bool, timestamp bool, timestamptz bool
timetz: timetz bool
tsquery: tsquery bool
tsvector: tsvector bool
uuid: uuid bool
varbit: varbit bool
xid8: xid8 bool`;

export const OPERATORS: Readonly<Record<string, string>> = {
  '!~': `
bpchar: text bool
name: text bool
text: text bool`,
  '!~*': `
bpchar: text bool
name: text bool
text: text bool`,
  '!~~': `
bpchar: text bool
bytea: bytea bool
name: text bool
text: text bool`,
  '!~~*': `
bpchar: text bool
name: text bool
text: text bool`,
  '#': `
-: path int4, polygon int4
bit: bit bit
box: box box
int2: int2 int2
int4: int4 int4
int8: int8 int8
line: line point
lseg: lseg point`,
  '#-': `
jsonb: _text jsonb`,
  '#>': `
json: _text json
jsonb: _text jsonb`,
  '#>>': `
json: _text text
jsonb: _text text`,
  '%': `
int2: int2 int2
int4: int4 int4
int8: int8 int8
numeric: numeric numeric`,
  '&': `
bit: bit bit
inet: inet inet
int2: int2 int2
int4: int4 int4
int8: int8 int8
macaddr: macaddr macaddr
macaddr8: macaddr8 macaddr8`,
  '&&': `
anyarray: anyarray bool
anymultirange: anymultirange bool, anyrange bool
anyrange: anymultirange bool, anyrange bool
box: box bool
circle: circle bool
inet: inet bool
polygon: polygon bool
tsquery: tsquery tsquery`,
  '*': `
anymultirange: anymultirange anymultirange
anyrange: anyrange anyrange
box: point box
circle: point circle
float4: float4 float4, float8 float8, money money
float8: float4 float8, float8 float8, interval interval, money money
int2: int2 int2, int4 int4, int8 int8, money money
int4: int2 int4, int4 int4, int8 int8, money money
int8: int2 int8, int4 int8, int8 int8, money money
interval: float8 interval
money: float4 money, float8 money, int2 money, int4 money, int8 money
numeric: numeric numeric
path: point path
point: point point`,
  '+': `
-: float4 float4, float8 float8, int2 int2, int4 int4, int8 int8, numeric numeric
_aclitem: aclitem _aclitem
anymultirange: anymultirange anymultirange
anyrange: anyrange anyrange
box: point box
circle: point circle
date: int4 date, interval timestamp, time timestamp, timetz timestamptz
float4: float4 float4, float8 float8
float8: float4 float8, float8 float8
inet: int8 inet
int2: int2 int2, int4 int4, int8 int8
int4: date date, int2 int4, int4 int4, int8 int8
int8: inet inet, int2 int8, int4 int8, int8 int8
interval: date timestamp, interval interval, time time, timestamp timestamp,
  timestamptz timestamptz, timetz timetz
money: money money
numeric: numeric numeric, pg_lsn pg_lsn
path: path path, point path
pg_lsn: numeric pg_lsn
point: point point
time: date timestamp, interval time
timestamp: interval timestamp
timestamptz: interval timestamptz
timetz: date timestamptz, interval timetz`,
  '-': `
-: float4 float4, float8 float8, int2 int2, int4 int4, int8 int8, interval interval, numeric numeric
_aclitem: aclitem _aclitem
anymultirange: anymultirange anymultirange
anyrange: anyrange anyrange
box: point box
circle: point circle
date: date int4, int4 date, interval timestamp
float4: float4 float4, float8 float8
float8: float4 float8, float8 float8
inet: inet int8, int8 inet
int2: int2 int2, int4 int4, int8 int8
int4: int2 int4, int4 int4, int8 int8
int8: int2 int8, int4 int8, int8 int8
interval: interval interval
jsonb: _text jsonb, int4 jsonb, text jsonb
money: money money
numeric: numeric numeric
path: point path
pg_lsn: numeric pg_lsn, pg_lsn numeric
point: point point
time: interval time, time interval
timestamp: interval timestamp, timestamp interval
timestamptz: interval timestamptz, timestamptz interval
timetz: interval timetz`,
  '->': `
json: int4 json, text json
jsonb: int4 jsonb, text jsonb`,
  '->>': `
json: int4 text, text text
jsonb: int4 text, text text`,
  '/': `
box: point box
circle: point circle
float4: float4 float4, float8 float8
float8: float4 float8, float8 float8
int2: int2 int2, int4 int4, int8 int8
int4: int2 int4, int4 int4, int8 int8
int8: int2 int8, int4 int8, int8 int8
interval: float8 interval
money: float4 money, float8 money, int2 money, int4 money, int8 money, money float8
numeric: numeric numeric
path: point path
point: point point`,
  '<': ORDERED,
  '<<': `
anymultirange: anymultirange bool, anyrange bool
anyrange: anymultirange bool, anyrange bool
bit: int4 bit
box: box bool
circle: circle bool
inet: inet bool
int2: int4 int2
int4: int4 int4
int8: int4 int8
point: point bool
polygon: polygon bool`,
  '<=': ORDERED,
  '<>': `
anyarray: anyarray bool
anyenum: anyenum bool
anymultirange: anymultirange bool
anyrange: anyrange bool
bit: bit bool
bool: bool bool
bpchar: bpchar bool
bytea: bytea bool
char: char bool
circle: circle bool
date: date bool, timestamp bool, timestamptz bool
float4: float4 bool, float8 bool
float8: float4 bool, float8 bool
inet: inet bool
int2: int2 bool, int4 bool, int8 bool
int4: int2 bool, int4 bool, int8 bool
int8: int2 bool, int4 bool, int8 bool
interval: interval bool
jsonb: jsonb bool
lseg: lseg bool
macaddr: macaddr bool
macaddr8: macaddr8 bool
money: money bool
name: name bool, text bool
numeric: numeric bool
oid: oid bool
oidvector: oidvector bool
pg_lsn: pg_lsn bool
point: point bool
record: record bool
text: name bool, text bool
tid: tid bool
time: time bool
timestamp: date bool, timestamp bool, timestamptz bool
timestamptz: date bool, timestamp bool, timestamptz bool
timetz: timetz bool
tsquery: tsquery bool
tsvector: tsvector bool
uuid: uuid bool
varbit: varbit bool
xid: int4 bool, xid bool
xid8: xid8 bool`,
  '<@': `
anyarray: anyarray bool
anyelement: anymultirange bool, anyrange bool
anymultirange: anymultirange bool, anyrange bool
anyrange: anymultirange bool, anyrange bool
box: box bool
circle: circle bool
jsonb: jsonb bool
lseg: box bool, line bool
point: box bool, circle bool, line bool, lseg bool, path bool, polygon bool
polygon: polygon bool
tsquery: tsquery bool`,
  '=': `
aclitem: aclitem bool
anyarray: anyarray bool
anyenum: anyenum bool
anymultirange: anymultirange bool
anyrange: anyrange bool
bit: bit bool
bool: bool bool
box: box bool
bpchar: bpchar bool
bytea: bytea bool
char: char bool
cid: cid bool
circle: circle bool
date: date bool, timestamp bool, timestamptz bool
float4: float4 bool, float8 bool
float8: float4 bool, float8 bool
inet: inet bool
int2: int2 bool, int4 bool, int8 bool
int4: int2 bool, int4 bool, int8 bool
int8: int2 bool, int4 bool, int8 bool
interval: interval bool
jsonb: jsonb bool
line: line bool
lseg: lseg bool
macaddr: macaddr bool
macaddr8: macaddr8 bool
money: money bool
name: name bool, text bool
numeric: numeric bool
oid: oid bool
oidvector: oidvector bool
path: path bool
pg_lsn: pg_lsn bool
record: record bool
text: name bool, text bool
tid: tid bool
time: time bool
timestamp: date bool, timestamp bool, timestamptz bool
timestamptz: date bool, timestamp bool, timestamptz bool
timetz: timetz bool
tsquery: tsquery bool
tsvector: tsvector bool
uuid: uuid bool
varbit: varbit bool
xid: int4 bool, xid bool
xid8: xid8 bool`,
  '>': ORDERED,
  '>=': ORDERED,
  '>>': `
anymultirange: anymultirange bool, anyrange bool
anyrange: anymultirange bool, anyrange bool
bit: int4 bit
box: box bool
circle: circle bool
inet: inet bool
int2: int4 int2
int4: int4 int4
int8: int4 int8
point: point bool
polygon: polygon bool`,
  '?': `
jsonb: text bool`,
  '?&': `
jsonb: _text bool`,
  '?|': `
-: line bool, lseg bool
jsonb: _text bool
point: point bool`,
  '@': `
-: float4 float4, float8 float8, int2 int2, int4 int4, int8 int8, numeric numeric`,
  '@>': `
_aclitem: aclitem bool
anyarray: anyarray bool
anymultirange: anyelement bool, anymultirange bool, anyrange bool
anyrange: anyelement bool, anymultirange bool, anyrange bool
box: box bool, point bool
circle: circle bool, point bool
jsonb: jsonb bool
path: point bool
polygon: point bool, polygon bool
tsquery: tsquery bool`,
  '@?': `
jsonb: jsonpath bool`,
  '@@': `
-: box point, circle point, lseg point, polygon point
jsonb: jsonpath bool
text: text bool, tsquery bool
tsquery: tsvector bool
tsvector: tsquery bool`,
  '^': `
float8: float8 float8
numeric: numeric numeric`,
  '^@': `
text: text bool`,
  '|': `
bit: bit bit
inet: inet inet
int2: int2 int2
int4: int4 int4
int8: int8 int8
macaddr: macaddr macaddr
macaddr8: macaddr8 macaddr8`,
  '|/': `
-: float8 float8`,
  '||': `
anycompatible: anycompatiblearray anycompatiblearray
anycompatiblearray: anycompatible anycompatiblearray, anycompatiblearray anycompatiblearray
anynonarray: text text
bytea: bytea bytea
jsonb: jsonb jsonb
text: anynonarray text, text text
tsquery: tsquery tsquery
tsvector: tsvector tsvector
varbit: varbit varbit`,
  '||/': `
-: float8 float8`,
  '~': `
-: bit bit, inet inet, int2 int2, int4 int4, int8 int8, macaddr macaddr, macaddr8 macaddr8
bpchar: text bool
name: text bool
text: text bool`,
  '~*': `
bpchar: text bool
name: text bool
text: text bool`,
  '~<=~': `
bpchar: bpchar bool
text: text bool`,
  '~<~': `
bpchar: bpchar bool
text: text bool`,
  '~>=~': `
bpchar: bpchar bool
text: text bool`,
  '~>~': `
bpchar: bpchar bool
text: text bool`,
  '~~': `
bpchar: text bool
bytea: bytea bool
name: text bool
text: text bool`,
  '~~*': `
bpchar: text bool
name: text bool
text: text bool`,
};
