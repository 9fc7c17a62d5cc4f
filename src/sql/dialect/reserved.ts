// Words that end an expression or a FROM item: they are no columns and no aliases without quotes.

export const RESERVED: ReadonlySet<string> = new Set(
  (
    'select from where group having order by limit offset fetch union intersect except minus qualify window join inner ' +
    'left right full cross natural straight_join semi anti asof on using as and or not in is like ilike rlike regexp ' +
    'between case when then else end with asc desc nulls emit for over filter within pivot unpivot tablesample lateral ' +
    'unnest flatten match_recognize match_condition distinct all any some exists null true false div xor values into set ' +
    'partition rows range groups escape collate table sample ignore respect'
  ).split(' '),
);
