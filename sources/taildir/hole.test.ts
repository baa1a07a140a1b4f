import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { afterHole } from './hole.ts'

const found = (bytes: Buffer, position: number): number => {
  const disk = new FakeDisk()
  disk.plant('/f', bytes)
  return afterHole(disk, disk.open('/f', 'r'), position)
}

describe('afterHole', () => {
  it('is the first byte behind the NULs, wherever that lies', () => {
    for (const hole of [2000, 64 * 1024 + 1500, 64 * 1024 * 3 + 1500]) {
      const bytes = Buffer.concat([Buffer.alloc(hole), Buffer.from('line\n')])
      expect(found(bytes, 1500)).toBe(hole)
    }
  })

  it('is the end of a file of nothing but NULs', () => {
    expect(found(Buffer.alloc(100_000), 70_000)).toBe(100_000)
  })

  it('is the beginning for every other file', () => {
    expect(found(Buffer.from('text, not a hole'), 5)).toBe(0)
    expect(found(Buffer.alloc(10), 20)).toBe(0)
    expect(found(Buffer.alloc(10), 0)).toBe(0)
    expect(found(Buffer.concat([Buffer.alloc(1000), Buffer.from('x'), Buffer.alloc(5000)]), 2000)).toBe(0)
  })
})
