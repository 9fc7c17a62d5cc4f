// Where runtime functions leave the parts of a result that do not fit in their return value, read by generated code in the
// next statement. One thread computes one expression at a time, so one set of registers is enough:
//
//     numeric   returns the unscaled value            scale in `result.scale`
//     interval  returns the microseconds              months, days in `result`
//     text      returns the start                     bytes, end in `result`
//     NULL for arguments that are not NULL: `result.isNull` (set by every function that may, for every call)

const NO_BYTES: Uint8Array = new Uint8Array(0);

export const result = {
  scale: 0,
  months: 0,
  days: 0,
  bytes: NO_BYTES,
  end: 0,
  isNull: false,
};
