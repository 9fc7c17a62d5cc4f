// The generator's three streams, small and with an end, as sources of queries under test.

function source(table: string, columns: string): string {
  return `CREATE SOURCE ${table} (${columns}, date_time TIMESTAMPTZ, WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
    WITH (connector = 'nexmark', nexmark.table = '${table}', nexmark.events = '4000') FORMAT PLAIN ENCODE JSON;`;
}

export const NEXMARK_SOURCES = [
  source('bid', 'auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT'),
  source(
    'auction',
    'id BIGINT, item_name TEXT, seller BIGINT, category BIGINT, reserve BIGINT, expires TIMESTAMPTZ',
  ),
  source('person', 'id BIGINT, name TEXT, city TEXT, state TEXT'),
].join('\n');
