// The fixed words of Nexmark's events, as bytes: the texts between the values, and the lists that names are chosen from.

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const list = (text: string): readonly Uint8Array[] => text.split(',').map(bytes);

export const BID = {
  auction: bytes('{"auction":'),
  bidder: bytes(',"bidder":'),
  price: bytes(',"price":'),
  channel: bytes(',"channel":"'),
  url: bytes('","url":"'),
  dateTime: bytes('","date_time":"'),
  extra: bytes('","extra":"'),
};

export const AUCTION = {
  id: bytes('{"id":'),
  itemName: bytes(',"item_name":"'),
  description: bytes('","description":"'),
  initialBid: bytes('","initial_bid":'),
  reserve: bytes(',"reserve":'),
  dateTime: bytes(',"date_time":"'),
  expires: bytes('","expires":"'),
  seller: bytes('","seller":'),
  category: bytes(',"category":'),
  extra: bytes(',"extra":"'),
};

export const PERSON = {
  id: bytes('{"id":'),
  name: bytes(',"name":"'),
  email: bytes('","email_address":"'),
  creditCard: bytes('","credit_card":"'),
  city: bytes('","city":"'),
  state: bytes('","state":"'),
  dateTime: bytes('","date_time":"'),
  extra: bytes('","extra":"'),
};

/** What of a person's bytes from name to state are keys. */
export const PERSON_KEYS =
  PERSON.email.length + PERSON.creditCard.length + PERSON.city.length + PERSON.state.length;

export const END = bytes('"}');
export const DOT_COM = bytes('.com');
export const CHANNEL = bytes('channel-');
export const CHANNEL_ID = bytes('&channel_id=');
export const URL_START = bytes('https://www.nexmark.com/');
export const URL_END = bytes('item.htm?query=1');

export const HOT_CHANNELS = list('Google,Facebook,Baidu,Apple');
export const STATES = list('AZ,CA,ID,OR,WA,WY');
export const CITIES = list(
  'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne',
);
export const FIRST_NAMES = list('Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter');
export const LAST_NAMES = list('Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris');
