/** What is said of topics' settings that do nothing here: when a topic gets them, and at the start. */
import type { Log } from '../base/log.ts'
import { idleText } from './config-notices.ts'
import { topicSetting } from './topics/topic-settings.ts'
import type { Topic } from './topics/topic-types.ts'

/** Topics that are named of each setting at the start; the others are counted. */
const NAMED_MAX = 10

const idleReason = (name: string): string | undefined => topicSetting(name)?.idle

const named = (log: Log): Log => log.named('kafka.server.TopicConfigHandler')

/** Says of the settings that a topic was given now. */
export const sayIdleSettings = (topic: string, names: Iterable<string>, log: Log): void => {
  const text = idleText(names, idleReason)
  if (text !== undefined) named(log).info(`Topic ${topic}: accepted, but without effect here: ${text}.`)
}

/** Says of the settings of all topics, in one line. */
export const sayIdleOfAll = (topics: readonly Topic[], log: Log): void => {
  const holders = new Map<string, string[]>()
  for (const { name, configs } of topics)
    for (const setting of configs.keys()) {
      if (idleReason(setting) === undefined) continue
      const same = holders.get(setting)
      if (same === undefined) holders.set(setting, [name])
      else same.push(name)
    }
  if (holders.size === 0) return
  const parts = Array.from(holders)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([setting, names]) => `${setting} of ${listed(names)} (${idleReason(setting)})`)
  named(log).info(`Settings of topics that are accepted, but without effect here: ${parts.join('; ')}.`)
}

const listed = (names: readonly string[]): string =>
  names.length <= NAMED_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMED_MAX).join(', ')} and ${names.length - NAMED_MAX} more`
