/**
 * The settings of `server.properties` by Kafka's names, with the defaults of today's Kafka: what has an effect here, and what is known, checked and
 * without one (`idle`). What Kafka knows beyond these stands in config-names.ts.
 */
import type { Values } from '../config/setting.ts'
import { logSettingRows } from './config-log.ts'
import { networkSettings } from './config-network.ts'
import { operationSettings } from './config-operation.ts'
import { securitySettings } from './config-security.ts'
import { groupSettings } from './groups/group-settings.ts'

export const brokerSettings = {
  ...networkSettings,
  ...logSettingRows,
  ...groupSettings,
  ...operationSettings,
  ...securitySettings,
} as const

/** The values of a server.properties, defaults filled in. */
export type BrokerSettings = Values<typeof brokerSettings>
