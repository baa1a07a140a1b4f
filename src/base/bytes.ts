/** 64-bit big-endian integers as JavaScript numbers: exact up to 2^53, rounded beyond. BigInt would allocate for each. */

const high = 0x1_0000_0000
const i64Limit = 2 ** 63

/** The signed 64-bit integer at `at`. */
export const readI64 = (from: Buffer, at: number): number => from.readInt32BE(at) * high + from.readUInt32BE(at + 4)

/** Writes `value` at `at`; 2^63 and above become the largest 64-bit integer, which is what such a number was read from. */
export const writeI64 = (into: Buffer, at: number, value: number): void => {
  if (value >= i64Limit) {
    into.writeInt32BE(0x7fffffff, at)
    into.writeUInt32BE(0xffffffff, at + 4)
    return
  }
  const upper = Math.floor(value / high)
  into.writeInt32BE(upper, at)
  into.writeUInt32BE(value - upper * high, at + 4)
}
