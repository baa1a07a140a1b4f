import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { fakeDelivery } from '../../test/fakes/delivery.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { Fault } from '../base/faults.ts'
import type { Batch } from '../flow/event.ts'
import { layOut, piecesOf } from './routing.ts'
import { multiplexing } from './selectors/multiplexing.ts'
import { replicating } from './selectors/replicating.ts'

const channels = ['c1', 'c2', 'c3']

const byLanguage = (given: { default?: string[]; optional?: [string, string[]][] } = {}) =>
  multiplexing.create(
    {
      header: 'lang',
      'mapping.*': new Map([
        ['de', ['c1']],
        ['en.gb', ['c2', 'c3']],
      ]),
      default: given.default ?? [],
      'optional.*': new Map(given.optional ?? []),
    },
    channels,
  )

const events = (...languages: (string | undefined)[]): Batch =>
  languages.map((lang, i) => eventOf(String(i), lang === undefined ? {} : { lang }))

const shares = (list: readonly { channel: number; events: Batch }[]) =>
  list.map(({ channel, events }) => [channels[channel], bodiesOf(events).join('')])

describe('replicating', () => {
  it('gives the batch itself to every channel, those named optional apart', () => {
    const batch = numbered(0, 3)
    const { required, optional } = layOut(batch, replicating.create({ optional: ['c2'] }, channels))
    expect(shares(required)).toEqual([
      ['c1', '012'],
      ['c3', '012'],
    ])
    expect(shares(optional)).toEqual([['c2', '012']])
    expect(required[0]?.events).toBe(batch)
  })
})

describe('multiplexing', () => {
  it('groups events by their channels, in order, dots in values allowed', () => {
    const layout = layOut(events('de', 'en.gb', 'de', 'en.gb'), byLanguage())
    expect(shares(layout.required)).toEqual([
      ['c1', '02'],
      ['c2', '13'],
      ['c3', '13'],
    ])
    expect(layout.isAllRequired).toBe(true)
  })

  it('compares values exactly, and sends all others to the default', () => {
    const layout = layOut(events('DE', undefined, '', 'fr'), byLanguage({ default: ['c3'] }))
    expect(shares(layout.required)).toEqual([['c3', '0123']])
  })

  it('drops what has no channel when there is no default', () => {
    const layout = layOut(events('de', 'fr', undefined), byLanguage())
    expect(shares(layout.required)).toEqual([['c1', '0']])
    expect(layout.isAllRequired).toBe(false)
  })

  it('takes a channel that is required out of the optional ones', () => {
    const optional: [string, string[]][] = [
      ['de', ['c1', 'c2']],
      ['fr', ['c3', 'c1']],
    ]
    const layout = layOut(events('de', 'fr'), byLanguage({ default: ['c3'], optional }))
    expect(shares(layout.required)).toEqual([
      ['c1', '0'],
      ['c3', '1'],
    ])
    expect(shares(layout.optional)).toEqual([
      ['c2', '0'],
      ['c1', '1'],
    ])
  })

  it('gives a batch of one route as it is', () => {
    const batch = events('de', 'de')
    expect(layOut(batch, byLanguage()).required[0]?.events).toBe(batch)
  })

  it('names the channels that its settings mention', () => {
    const values = {
      header: 'h',
      'mapping.*': new Map([['a', ['c1', 'x1']]]),
      default: ['x2'],
      'optional.*': new Map([['b', ['x3']]]),
    }
    expect(multiplexing.channelsNamed(values)).toEqual([
      { setting: 'mapping.a', channel: 'c1' },
      { setting: 'mapping.a', channel: 'x1' },
      { setting: 'default', channel: 'x2' },
      { setting: 'optional.b', channel: 'x3' },
    ])
  })

  it('keeps accounts through a refusal: what one channel has counts, what none has is the peer’s again', async () => {
    const scripted = { c1: new ScriptedChannel(), c2: new ScriptedChannel(), c3: new ScriptedChannel() }
    scripted.c2.refusals.push(new Fault('CHANNEL_FULL', { channel: 'c2', events: 1, seconds: 3 }))
    const { deliver, delivery } = fakeDelivery(scripted, { selector: byLanguage(), whenRefused: 'tell' })
    await expect(deliver(events('de', 'en.gb', 'de', 'fr'))).rejects.toMatchObject({ code: 'CHANNEL_FULL' })
    expect(delivery.account.account()).toEqual({ in: 2, out: 2, dropped: 0, held: 0 })
    await deliver(events('en.gb', 'fr'))
    expect(delivery.account.account()).toEqual({ in: 4, out: 3, dropped: 1, held: 0 })
    expect(delivery.account.copied).toBe(1)
  })
})

describe('pieces', () => {
  it('are the batch itself where it fits, else at most so many events each, in order', () => {
    const batch = numbered(0, 5)
    expect(piecesOf(batch, 5)).toEqual([batch])
    expect(piecesOf(batch, 2).map(bodiesOf)).toEqual([['0', '1'], ['2', '3'], ['4']])
  })
})
