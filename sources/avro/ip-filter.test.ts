import { describe, expect, it } from 'vitest'
import { isAllowed, parseIpRules } from './ip-filter.ts'

const allowed = (rules: string, address: string, names: readonly string[] = []) =>
  isAllowed(parseIpRules(rules), address, () => Promise.resolve(names))

describe('ip filter', () => {
  it.each([
    ['allow:ip:127.*,deny:ip:*', '127.0.0.1', true],
    ['allow:ip:127.*,deny:ip:*', '10.0.0.1', false],
    ['allow:ip:127.*, deny:ip:*', '::ffff:127.0.0.1', true],
    ['deny:ip:10.0.0.?', '10.0.0.7', false],
    ['deny:ip:10.0.0.?', '10.0.0.77', true],
    ['deny:ip:1.2.3.4', '1.2.344', true],
    ['deny:ip:*,allow:ip:*', '1.2.3.4', false],
    ['allow:name:localhost,deny:ip:*', '127.0.0.1', true],
    ['allow:name:localhost,deny:ip:*', '192.0.2.9', false],
  ])('%s lets %s in: %s', async (rules, address, expected) => {
    expect(await allowed(rules, address)).toBe(expected)
  })

  it('asks for names only where a rule has one', async () => {
    expect(await allowed('deny:name:*.evil.example', '192.0.2.9', ['host.evil.example'])).toBe(false)
    expect(await allowed('deny:name:*.evil.example', '192.0.2.9', ['host.good.example'])).toBe(true)
    const never = () => Promise.reject(new Error('asked'))
    expect(await isAllowed(parseIpRules('allow:ip:*,deny:name:x'), '192.0.2.9', never)).toBe(true)
  })

  it.each(['allow', 'permit:ip:*', 'allow:ip:', 'allow:host:x', 'ALLOW:ip:*', ''])(
    'shows the form instead of %j',
    (rule) => {
      expect(() => parseIpRules(rule)).toThrow("should look like <'allow' or 'deny'>:<'ip' or 'name'>:<pattern>")
    },
  )
})
