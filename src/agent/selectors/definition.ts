/** What a channel selector's definition is: its settings stand below `sources.NAME.selector.`. */
import type { Definition, SettingsTable, Values } from '../../config/setting.ts'
import type { Selector } from '../../flow/selector.ts'

export interface SelectorDefinition<T extends SettingsTable = SettingsTable> extends Definition<T> {
  /** `channels` are the names in the source's `channels` setting; a Route's indexes point into it. */
  create(values: Values<T>, channels: readonly string[]): Selector
  /** The channels that the settings name, with the setting's key, so that a name that is none of the source's can be reported. */
  channelsNamed(values: Values<T>): readonly NamedChannel[]
}

export interface NamedChannel {
  readonly setting: string
  readonly channel: string
}

export const defineSelector = <const T extends SettingsTable>(d: SelectorDefinition<T>): SelectorDefinition => d
