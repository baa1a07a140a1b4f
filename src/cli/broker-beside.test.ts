import { describe, expect, it } from 'vitest'
import { sourceHolder } from './broker-beside.ts'

const agent = () => {
  const calls: string[] = []
  return { calls, hold: () => void calls.push('hold'), release: () => void calls.push('release') }
}

describe('sourceHolder', () => {
  it('holds the sources while the broker is down', () => {
    const holder = sourceHolder()
    const { calls, ...watched } = agent()
    holder.watch(watched)
    holder.onDown()
    holder.onUp()
    expect(calls).toEqual(['hold', 'release'])
  })

  it('holds them from the start when the broker went down before there was an agent', () => {
    const holder = sourceHolder()
    const { calls, ...watched } = agent()
    holder.onDown()
    holder.watch(watched)
    expect(calls).toEqual(['hold'])
    const late = sourceHolder()
    const second = agent()
    late.onDown()
    late.onUp()
    late.watch(second)
    expect(second.calls).toEqual([])
  })
})
