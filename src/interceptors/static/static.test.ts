import { describe, expect, it } from 'vitest'
import { eventOf, numbered } from '../../../test/conformance/events.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import type { Batch } from '../../flow/event.ts'
import { staticHeader } from './static.ts'

const interceptor = async (preserveExisting: boolean) => {
  const made = await staticHeader.create({ key: 'dc', value: 'north', preserveExisting }, fakeContext())
  return (batch: Batch): Batch => made.intercept(batch)
}

describe('static', () => {
  it('adds the header, one object for the whole batch', async () => {
    const intercept = await interceptor(true)
    const changed = intercept(numbered(0, 10))
    expect(changed[9]?.headers).toEqual({ dc: 'north' })
    expect(new Set(changed.map(({ headers }) => headers)).size).toBe(1)
  })

  it('leaves a header that is there, unless it is not to preserve it', async () => {
    const batch = [eventOf('a', { dc: 'south' })]
    expect((await interceptor(true))(batch)[0]?.headers).toEqual({ dc: 'south' })
    expect((await interceptor(false))(batch)[0]?.headers).toEqual({ dc: 'north' })
  })

  it('is preserving by default, as in Flume', () => {
    expect(staticHeader.settings['preserveExisting']?.default).toBe(true)
  })
})
