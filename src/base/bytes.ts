/** 64-bit big-endian integers as JavaScript numbers: exact up to 2^53, rounded beyond. BigInt would allocate for each. */

const high = 0x1_0000_0000
const i64Limit = 2 ** 63

/** The signed 64-bit integer at `at`. */
export const readI64 = (from: Buffer, at: number): number => from.readInt32BE(at) * high + from.readUInt32BE(at + 4)

/** Writes `value` at `at`; numbers beyond 64 bits become the largest or smallest integer of 64, which is what 2^63 was read from. */
export const writeI64 = (into: Buffer, at: number, value: number): void => {
  if (value >= i64Limit) {
    into.writeInt32BE(0x7fffffff, at)
    into.writeUInt32BE(0xffffffff, at + 4)
    return
  }
  if (value < -i64Limit) return writeI64(into, at, -i64Limit)
  const upper = Math.floor(value / high)
  into.writeInt32BE(upper, at)
  into.writeUInt32BE(value - upper * high, at + 4)
}
