import { describe, expect, it } from 'vitest'
import { keyedPartition, murmur2 } from './murmur2.ts'

describe('the hash of keys', () => {
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('gives for %s what a Java producer gives', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash)
  })

  it('stays within the partitions, for any key', () => {
    for (let length = 0; length < 64; length++) {
      const partition = keyedPartition(Buffer.alloc(length, 0xff), 12)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(12)
    }
  })
})
