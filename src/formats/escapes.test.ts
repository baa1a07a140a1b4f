import { describe, expect, it } from 'vitest'
import { Calendar } from './calendar.ts'
import { Template, timestampOf, unknownEscapes } from './escapes.ts'

const losAngeles = { timeZone: 'America/Los_Angeles' }
const time = 1_339_527_274_123

const rendered = (template: string, options = {}, headers = {}, timeMs = time): string =>
  new Template(template, options).render(headers, timeMs)

describe('escapes', () => {
  it.each([
    ['%t', '1339527274123'],
    ['%s', '1339527274'],
    ['%a %A', 'Tue Tuesday'],
    ['%b %B', 'Jun June'],
    ['%c', 'Tue Jun 12 11:54:34 2012'],
    ['%d %e', '12 12'],
    ['%D', '06/12/12'],
    ['%H %I %k %l', '11 11 11 11'],
    ['%j', '164'],
    ['%M %S', '54 34'],
    ['%m %n', '06 6'],
    ['%p', 'AM'],
    ['%y %Y', '12 2012'],
    ['%z', '-0700'],
    ['%%', '%'],
    ['/logs/%Y-%m-%d/%H%M', '/logs/2012-06-12/1154'],
    ['%q%x', ''],
    ['%{a b}', '%{a b}'],
    ['100%', '100%'],
  ])('writes %s as Flume does', (template, text) => {
    expect(rendered(template, losAngeles, { timestamp: String(time) })).toBe(text)
  })

  it('pads hours, days and years as their letters say', () => {
    const early = Date.UTC(987, 0, 2, 0, 5)
    expect(rendered('%e %d %k %H %l %I %p %j %Y %y %n', { timeZone: 'UTC' }, {}, early)).toBe(
      '2 02 0 00 12 12 AM 002 0987 87 1',
    )
  })

  it('puts in headers, and nothing for those that are missing', () => {
    expect(rendered('/%{host}/%{a.b-c}/%{none}/x', {}, { host: 'h1', 'a.b-c': 'y' })).toBe('/h1/y//x')
  })

  it('rounds down within the next larger unit', () => {
    const by = (value: number, unit: string) => ({ timeZone: 'UTC', round: { value, unit } })
    const noonish = Date.UTC(2020, 4, 1, 17, 54, 38)
    expect(rendered('%H:%M:%S', by(10, 'minute'), {}, noonish)).toBe('17:50:00')
    expect(rendered('%H:%M:%S', by(7, 'second'), {}, noonish)).toBe('17:54:35')
    expect(rendered('%H:%M:%S', by(5, 'hour'), {}, noonish)).toBe('15:00:00')
    expect(rendered('%s', by(1, 'hour'), {}, noonish)).toBe(String(Date.UTC(2020, 4, 1, 17) / 1000))
    expect(rendered('%t', by(1, 'hour'), { timestamp: '123' }, noonish)).toBe('123')
  })

  it('rounds in the zone, not in UTC', () => {
    const options = { timeZone: 'Asia/Kolkata', round: { value: 12, unit: 'hour' } }
    expect(rendered('%d %H:%M', options, {}, Date.UTC(2020, 4, 1, 20))).toBe('02 00:00')
  })

  it.each([
    ['GMT+8', '1970-01-01 08:00 +0800'],
    ['GMT-03:30', '1969-12-31 20:30 -0330'],
    ['UTC', '1970-01-01 00:00 +0000'],
    ['Asia/Kathmandu', '1970-01-01 05:30 +0530'],
  ])('knows the zone %s', (timeZone, text) => {
    expect(rendered('%Y-%m-%d %H:%M %z', { timeZone }, {}, 0)).toBe(text)
  })

  it('follows a change of the offset', () => {
    const spring = Date.UTC(2021, 2, 28, 1)
    expect(rendered('%H:%M %z', { timeZone: 'Europe/Berlin' }, {}, spring - 1)).toBe('01:59 +0100')
    expect(rendered('%H:%M %z', { timeZone: 'Europe/Berlin' }, {}, spring)).toBe('03:00 +0200')
  })

  it('uses the zone of the system without a name', () => {
    const date = new Date(time)
    expect(rendered('%k:%M %e')).toBe(
      `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')} ${date.getDate()}`,
    )
  })

  it('refuses zones and host words that nobody knows', () => {
    expect(() => new Template('%Y', { timeZone: 'Mars/Olympus' })).toThrow("'Mars/Olympus' is no time zone")
    expect(() => new Template('%[hostname]')).toThrow('%[hostname] is unknown')
  })

  it('names the host', () => {
    const host = () => ({ localhost: 'web1', ip: '10.0.0.1', fqdn: 'web1.example.org' })
    expect(rendered('%[localhost] %[ip] %[FQDN]', { host })).toBe('web1 10.0.0.1 web1.example.org')
  })

  it('says what its text depends on and for how long it holds', () => {
    const { headers, needsTime, steadyMs } = new Template('/%{host}/%Y/%H%M/%{host}/%t')
    expect({ headers, needsTime, steadyMs }).toEqual({
      headers: ['host', 'timestamp'],
      needsTime: true,
      steadyMs: 60_000,
    })
    expect(new Template('/plain%%').needsTime).toBe(false)
    expect(new Template('%t', { localTime: true }).steadyMs).toBe(1)
  })

  it('gives a pattern that finds what it can render and no more', () => {
    const template = new Template('/logs.d/%{host}/%Y-%m-%d/%D', losAngeles)
    const pattern = new RegExp(`^${template.pattern.replaceAll('.*', '[^/]*')}$`)
    expect(pattern.test(template.render({ host: 'a.b' }, time))).toBe(true)
    expect(pattern.test('/logsxd/a/2012-06-12/06/12/12')).toBe(false)
    expect(pattern.test('/logs.d/a/2012-6-12/06/12/12')).toBe(false)
  })

  it('names letters without a meaning', () => {
    expect(unknownEscapes('/%Y/%q/%{x}/%%/%D/%t/%E')).toEqual(['%q', '%E'])
  })
})

describe('timestampOf', () => {
  it('reads the header, and tells a missing one from a bad one', () => {
    expect(timestampOf({ timestamp: '12' })).toBe(12)
    expect(timestampOf({})).toBeUndefined()
    expect(timestampOf({ timestamp: 'soon' })).toBeNaN()
    expect(timestampOf({ timestamp: '9'.repeat(30) })).toBeNaN()
  })
})

describe('calendar', () => {
  it('finds the moment behind a wall-clock time', () => {
    const calendar = new Calendar('America/New_York')
    for (const moment of [0, time, Date.UTC(2026, 10, 1, 4), Date.UTC(2026, 6, 1, 12)]) {
      expect(calendar.moment(calendar.wall(moment))).toBe(moment)
    }
  })
})
