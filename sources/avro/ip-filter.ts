/** Who may connect, by rules such as `allow:ip:127.*,allow:name:localhost,deny:ip:*`. The first rule that fits decides; where none does, the peer is let in. */
import { reverse } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

export interface IpRule {
  readonly allow: boolean
  readonly by: 'ip' | 'name'
  readonly pattern: RegExp
  /** `localhost` in a rule by name means every address of this machine. */
  readonly isLocalhost: boolean
}

const ruleForm = /^(allow|deny):(ip|name):(.+)$/

const parseRule = (text: string): IpRule => {
  const [, verb, by, pattern = ''] = ruleForm.exec(text) ?? []
  if (verb === undefined) {
    throw new Error(`'${text}' should look like <'allow' or 'deny'>:<'ip' or 'name'>:<pattern>`)
  }
  const quoted = pattern
    .replaceAll(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return {
    allow: verb === 'allow',
    by: by === 'ip' ? 'ip' : 'name',
    pattern: new RegExp(`^${quoted}$`),
    isLocalhost: by === 'name' && pattern === 'localhost',
  }
}

/** Rules between commas. Throws an Error that shows the form of a rule. */
export const parseIpRules = (text: string): readonly IpRule[] => text.split(',').map((rule) => parseRule(rule.trim()))

/** The address as rules are written: an IPv4 one in IPv6 clothes is shown as IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')

const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address) === true)

export type NamesOf = (address: string) => Promise<readonly string[]>

const reverseNames: NamesOf = (address) => reverse(address).catch(() => [])

/** Whether a peer with this address may stay. Names are looked up only when a rule by name is reached. */
export const isAllowed = async (rules: readonly IpRule[], given: string, namesOf = reverseNames): Promise<boolean> => {
  const address = plain(given)
  let names: readonly string[] | undefined
  for (const { allow, by, pattern, isLocalhost } of rules) {
    if (by === 'ip') {
      if (pattern.test(address)) return allow
    } else if (isLocalhost) {
      if (isOwn(address)) return allow
    } else {
      names ??= await namesOf(address)
      if (names.some((name) => pattern.test(name))) return allow
    }
  }
  return true
}
