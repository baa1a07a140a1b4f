import { describe, expect, it } from 'vitest'
import type { Serializer } from '../../flow/serializer.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import { text } from './text.ts'

const create = async (appendNewline = true): Promise<Serializer> => text.create({ appendNewline }, fakeContext())
const batch = (...bodies: (string | Buffer)[]) =>
  bodies.map((body) => ({ headers: { h: 'x' }, body: Buffer.from(body) }))
const joined = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('latin1')

describe('text serializer', () => {
  it('writes bodies as lines, whatever bytes they have', async () => {
    const serializer = await create()
    expect(joined(serializer.encode(batch('a', '', 'b\r', Buffer.from([0xff, 0]))))).toBe('a\n\nb\r\n\xff\0\n')
    expect(joined(serializer.encode(batch('c')))).toBe('c\n')
  })

  it('leaves newlines out when told to', async () => {
    expect(joined((await create(false)).encode(batch('a', 'b')))).toBe('ab')
  })

  it('takes batches larger than its memory', async () => {
    const serializer = await create()
    for (const size of [100_000, 5_000_000, 10]) {
      const body = 'z'.repeat(size)
      expect(joined(serializer.encode(batch(body, body))) === `${body}\n${body}\n`).toBe(true)
    }
  })
})
